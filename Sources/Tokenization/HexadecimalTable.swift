/// The form of generated tables: entries of hexadecimal numbers, `:` or `,` behind a number and `;` behind the last.
enum HexadecimalTable {
    /// The numbers of each entry of a table.
    static func entries(_ table: StaticString) -> [[UInt32]] {
        var entries: [[UInt32]] = []
        var entry: [UInt32] = []
        var number: UInt32 = 0
        table.withUTF8Buffer { text in
            for byte in text {
                switch byte {
                case UInt8(ascii: ":"), UInt8(ascii: ","), UInt8(ascii: ";"):
                    entry.append(number)
                    number = 0
                    if byte == UInt8(ascii: ";") {
                        entries.append(entry)
                        entry = []
                    }
                default: number = number << 4 | UInt32(byte < 0x3A ? byte - 0x30 : byte - 0x57)
                }
            }
        }
        return entries
    }
}

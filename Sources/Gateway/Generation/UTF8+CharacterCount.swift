extension Collection<UInt8> {
    /// How many characters (Unicode scalars) of UTF-8 begin in the bytes.
    var characterCount: Int { reduce(0) { $1 & 0xC0 == 0x80 ? $0 : $0 + 1 } }
}

import JSONBytes
import Testing

struct JSONReaderTests {
    static let sample = #"""
        {"a": [1, -2.5e3, true, null], "b": {"ключ": "\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00"}, "c": 18446744073709551616}
        """#

    @Test func readsEveryKindOfValue() throws {
        let value = try JSONValue(parsing: Self.sample)
        #expect(
            value == [
                "a": [1, -2500.0, true, nil],
                "b": ["ключ": "\"\\/\u{8}\u{c}\n\r\té😀"],
                "c": .largeInteger("18446744073709551616"),
            ])
    }

    @Test func everyTruncationIsAnErrorAndNeverATrap() {
        let bytes = Array(Self.sample.utf8)
        for length in 0..<(bytes.count - 1) {
            #expect(throws: JSONError.self) { try JSONValue(parsing: Array(bytes[..<length])) }
        }
    }

    @Test(arguments: [
        "", "{", "[1,]", "{\"a\":1,}", "{a:1}", "01", "-", "1.", "1e", "+1", "tru", "\"\u{1}\"", "\"\\x\"", "\"\\u12\"",
        "1 2",
        "nul", "[1 2]", "{\"a\" 1}", "'a'", "NaN", "Infinity",
    ])
    func refuses(_ text: String) {
        #expect(throws: JSONError.self) { try JSONValue(parsing: text) }
    }

    @Test func refusesInvalidUTF8() {
        #expect(throws: JSONError.self) { try JSONValue(parsing: [0x22, 0xC3, 0x22]) }
    }

    @Test func replacesALoneSurrogate() throws {
        #expect(try JSONValue(parsing: #""\ud83dx""#) == "\u{FFFD}x")
        #expect(try JSONValue(parsing: #""\ud83d\u0041""#) == "\u{FFFD}A")
    }

    @Test func limitsDepth() {
        let deep = String(repeating: "[", count: 300)
        #expect(throws: JSONError(.tooDeep(limit: 256), at: 257)) { try JSONValue(parsing: deep) }
    }

    @Test func keepsOrderAndTakesTheLastOfRepeatedKeys() throws {
        guard case .object(let object) = try JSONValue(parsing: #"{"b":1,"a":2,"b":3}"#) else {
            Issue.record("not an object")
            return
        }
        #expect(object.keys == ["b", "a"])
        #expect(object["b"] == 3)
    }

    @Test func comparesKeysByBytes() throws {
        guard case .object(let object) = try JSONValue(parsing: "{\"\u{e9}\":1,\"e\u{301}\":2}") else {
            Issue.record("not an object")
            return
        }
        #expect(object.count == 2)
    }

    @Test func largeObjectsFindTheirMembers() {
        let object = JSONObject((0..<100).map { ("k\($0)", .integer($0)) })
        #expect((0..<100).allSatisfy { object["k\($0)"] == .integer($0) })
        #expect(object["k100"] == nil)
    }

    @Test func passesRawValuesThrough() throws {
        var reader = JSONReader(Array(#"{"x": {"a" : 1.0e0 } }"#.utf8))
        var scope = try reader.enterObject()
        _ = try reader.nextKey(&scope)
        #expect(String(decoding: try reader.readRawValue(), as: UTF8.self) == #"{"a" : 1.0e0 }"#)
    }

    @Test func writesWhatItReads() throws {
        let value = try JSONValue(parsing: Self.sample)
        #expect(try JSONValue(parsing: value.bytes) == value)
        #expect(JSONValue.array(["\u{1}\"\\\n", 1.5, 2]).text == #"["\u0001\"\\\n",1.5,2]"#)
    }
}

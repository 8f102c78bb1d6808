import JSONBytes
import SchemaGrammar
import Testing

struct SchemaErrorTests {
    private func error(_ schema: String) -> SchemaError? {
        do throws(SchemaError) {
            guard let value = try? JSONValue(parsing: schema) else {
                Issue.record("not JSON: \(schema)")
                return nil
            }
            _ = try JSONGrammar.grammar(for: value)
            return nil
        } catch {
            return error
        }
    }

    @Test func refusesWhatItCannotHoldByNameAndPlace() {
        let cases: [(schema: String, name: String, pointer: String)] = [
            (##"{"patternProperties":{"a":{}}}"##, "patternProperties", "#"),
            (##"{"not":{}}"##, "not", "#"),
            (##"{"if":{},"then":{}}"##, "if", "#"),
            (##"{"type":"array","uniqueItems":true}"##, "uniqueItems", "#"),
            (##"{"type":"array","contains":{}}"##, "contains", "#"),
            (##"{"type":"object","minProperties":1}"##, "minProperties", "#"),
            (##"{"type":"object","maxProperties":1}"##, "maxProperties", "#"),
            (##"{"type":"number","multipleOf":0.5}"##, "multipleOf", "#"),
            (##"{"type":"number","multipleOf":1}"##, "multipleOf", "#"),
            (##"{"properties":{"a/b":{"items":{"not":{}}}},"required":["a/b"]}"##, "not", "#/properties/a~1b/items"),
            (##"{"anyOf":[{},{"dependentRequired":{}}]}"##, "dependentRequired", "#/anyOf/1"),
            (##"{"items":[{}]}"##, "prefixItems", "#"),
            (##"{"$ref":"http://example.com/x"}"##, "$ref", "#"),
            (##"{"$ref":"other.json#/a"}"##, "$ref", "#"),
            (##"{"$ref":"#anchor"}"##, "$ref", "#"),
            (##"{"type":"string","pattern":"a","minLength":2}"##, "one string", "#"),
            (##"{"type":"string","pattern":"(?=a)"}"##, "look-around", "#"),
            (##"{"type":"string","pattern":"(a)\\1"}"##, "escape", "#"),
            (##"{"type":"string","pattern":"\\bfoo"}"##, "escape", "#"),
            (##"{"type":"string","pattern":"\\p{L}"}"##, "escape", "#"),
            (##"{"type":"string","pattern":"a(^b)"}"##, "anchor", "#"),
            (##"{"type":"string","pattern":"(a$)b"}"##, "anchor", "#"),
            (##"{"type":"string","pattern":"a$b"}"##, "character 3", "#"),
            (##"{"type":"string","pattern":"(a*)*"}"##, "empty", "#"),
            (##"{"type":"string","pattern":"(a"}"##, "group", "#"),
            (##"{"type":"string","pattern":"a)"}"##, "character 2", "#"),
            (##"{"type":"string","pattern":"[a"}"##, "class", "#"),
            (##"{"type":"string","pattern":"[z-a]"}"##, "range", "#"),
            (##"{"type":"string","pattern":"a{3,2}"}"##, "quantifier", "#"),
            (##"{"type":"string","pattern":"*a"}"##, "quantifier", "#"),
            (##"{"type":"string","pattern":"a\\"}"##, "backslash", "#"),
            (##"{"oneOf":[{"type":"integer"},{"type":"number"}]}"##, "oneOf", "#"),
            (##"{"oneOf":[{"required":["a"]},{"required":["b"]}]}"##, "oneOf", "#"),
        ]
        for (schema, name, pointer) in cases {
            let error = error(schema)
            #expect(error?.pointer == pointer, "\(schema)")
            guard case .unsupported(let what)? = error?.kind else {
                Issue.record("\(schema) is not refused: \(error.debugDescription)")
                continue
            }
            #expect(what.contains(name), "\(what) should name \(name)")
        }
    }

    @Test(arguments: [
        "1", "[]", ##"{"type":"text"}"##, ##"{"type":1}"##, ##"{"properties":[]}"##, ##"{"required":"a"}"##,
        ##"{"required":[1]}"##, ##"{"enum":1}"##, ##"{"anyOf":{}}"##, ##"{"minLength":-1}"##, ##"{"minLength":1.5}"##,
        ##"{"minimum":"a"}"##, ##"{"pattern":1}"##, ##"{"items":1}"##, ##"{"$ref":1}"##, ##"{"$ref":"#/nothing"}"##,
        ##"{"$ref":"#/%zz"}"##, ##"{"$ref":"#/~2"}"##, ##"{"$ref":"#"}"##, ##"{"allOf":[{"$ref":"#"}]}"##,
        ##"{"anyOf":[{"$ref":"#"},{"type":"null"}]}"##,
        ##"{"$ref":"#/$defs/a","$defs":{"a":{"$ref":"#/$defs/b"},"b":{"$ref":"#/$defs/a"}}}"##,
    ])
    func refusesWhatIsNoSchema(schema: String) {
        guard case .invalid? = error(schema)?.kind else {
            Issue.record("\(schema): \(error(schema).debugDescription)")
            return
        }
    }

    @Test(arguments: [
        "false", ##"{"type":[]}"##, ##"{"enum":[]}"##, ##"{"type":"string","enum":[1]}"##,
        ##"{"type":"string","minLength":3,"maxLength":2}"##, ##"{"type":"integer","minimum":3,"maximum":2}"##,
        ##"{"type":"integer","minimum":0.2,"maximum":0.8}"##, ##"{"type":"number","exclusiveMinimum":1,"maximum":1}"##,
        ##"{"type":"array","minItems":2,"maxItems":1}"##, ##"{"type":"array","minItems":1,"items":false}"##,
        ##"{"type":"object","required":["a"],"additionalProperties":false}"##,
        ##"{"type":"object","properties":{"a":false},"required":["a"]}"##,
        ##"{"allOf":[{"type":"string"},{"type":"integer"}]}"##, ##"{"const":1,"enum":[2]}"##,
        ##"{"type":"object","properties":{"a":{"$ref":"#"}},"required":["a"]}"##,
        ##"{"type":"array","items":{"$ref":"#"},"minItems":1}"##,
    ])
    func refusesWhatNothingSatisfies(schema: String) {
        #expect(error(schema)?.kind == .impossible)
    }

    @Test func leavesOutBranchesWithoutAnEnd() throws {
        let schema = ##"""
            {"type":"object","properties":{"a":{"$ref":"#/$defs/loop"},"b":{"type":"null"}},"additionalProperties":false,
             "$defs":{"loop":{"type":"array","items":{"$ref":"#/$defs/loop"},"minItems":1}}}
            """##
        let grammar = try JSONGrammar.grammar(for: try JSONValue(parsing: schema))
        #expect(!grammar.contains("["), "\(grammar)")
        #expect(try GrammarMatcher(grammar).matches(##"{"b":null}"##))
    }

    @Test func refusesHostileSchemasWithinItsLimits() {
        let deep = String(repeating: #"{"items":"#, count: 120) + "{}" + String(repeating: "}", count: 120)
        let members = (0...SchemaLimits.enumMembers).map(String.init).joined(separator: ",")
        let branches = (0..<20).map { ##"{"const":"\##($0)"}"## }.joined(separator: ",")
        let crossing = (0..<9).map { _ in ##"{"anyOf":[{"minimum":1},{"maximum":2}]}"## }.joined(separator: ",")
        let nested = String(repeating: "(", count: 60) + String(repeating: ")", count: 60)
        let wide = ##"{"allOf":[{"anyOf":[\##(branches)]},{"anyOf":[\##(branches)]}]}"##
        let doubling = { (keyword: String, last: String) in
            let levels = (0..<60).map { level in
                let next = "{\"$ref\":\"#/$defs/d\(level + 1)\"}"
                return "\"d\(level)\":{\"\(keyword)\":[\(next),\(next)]}"
            }
            return "{\"$ref\":\"#/$defs/d0\",\"$defs\":{\(levels.joined(separator: ",")),\"d60\":\(last)}}"
        }
        let manyMembers = (0...SchemaLimits.members).map { "\"p\($0)\":true" }.joined(separator: ",")
        let manyLengths = (0..<300).map { "\"p\($0)\":{\"type\":\"string\",\"maxLength\":\(60_000 + $0)}" }
        let chain = (0..<3000).map { "\"d\($0)\":{\"$ref\":\"#/$defs/d\($0 + 1)\"}" }.joined(separator: ",")
        let prefix = Array(repeating: "{}", count: SchemaLimits.members + 1).joined(separator: ",")
        let cases = [
            "{\"$ref\":\"#/$defs/d0\",\"$defs\":{\(chain),\"d3000\":{}}}", "{\"prefixItems\":[\(prefix)]}",
            doubling("allOf", "{}"), doubling("anyOf", "false"), doubling("anyOf", "{}"), doubling("oneOf", "false"),
            "{\"properties\":{\(manyMembers)}}", "{\"properties\":{\(manyLengths.joined(separator: ","))}}",
            deep, ##"{"enum":[\##(members)]}"##, ##"{"maxLength":99999999}"##, ##"{"minItems":70000}"##, wide,
            ##"{"allOf":[\##(crossing)]}"##, ##"{"pattern":"\##(nested)"}"##,
            ##"{"pattern":"a{99999999999999999999}"}"##,
            ##"{"pattern":"\##(String(repeating: "a", count: 5000))"}"##,
            ##"{"description":"\##(String(repeating: "a", count: 300_000))"}"##,
            ##"{"enum":[[\##(String(repeating: "0,", count: 20_000))0]]}"##,
            ##"{"type":"integer","minimum":1e300}"##, ##"{"type":"number","maximum":1e-300}"##,
        ]
        for schema in cases {
            guard case .tooLarge? = error(schema)?.kind else {
                Issue.record("\(schema.prefix(80)) is not too large: \(error(schema).debugDescription)")
                continue
            }
        }
    }

    @Test func saysWhereAndWhy() {
        #expect(
            error(##"{"properties":{"a":{"contains":{}}},"required":["a"]}"##)?.description
                == "unsupported: contains (constrain items), at #/properties/a")
    }

    @Test func growsWithTheNumberOfOptionalMembersAndNotWithTheirCombinations() throws {
        let properties = (0..<200).map { (String("p\($0)"), JSONValue.object(JSONObject([("type", "null")]))) }
        let schema = JSONValue.object(
            JSONObject([("type", "object"), ("properties", .object(JSONObject(properties)))]))
        let grammar = try JSONGrammar.grammar(for: schema)
        #expect(grammar.utf8.count < 40_000)
        let matcher = try GrammarMatcher(grammar)
        #expect(matcher.matches(##"{"p3":null,"p77":null,"p199":null}"##))
        #expect(!matcher.matches(##"{"p77":null,"p3":null}"##))
    }
}

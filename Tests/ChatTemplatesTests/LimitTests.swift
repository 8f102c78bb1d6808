import ChatTemplates
import JSONBytes
import Testing

/// Hostile templates end with an error, whatever they do.
struct LimitTests {
    private func error(
        _ source: String, _ variables: KeyValuePairs<String, JSONValue> = [:], limits: TemplateLimits = .default
    ) -> TemplateError? {
        do throws(TemplateError) {
            let context = TemplateContext(
                variables: JSONObject(variables.map { ($0, $1) }), now: Fixtures.now)
            _ = try ChatTemplate(source: source).render(context, limits: limits)
            return nil
        } catch {
            return error
        }
    }

    private func many(_ text: String, _ count: Int = 20_000) -> String { String(repeating: text, count: count) }

    @Test func refusesDeepTemplates() {
        let sources = [
            "{{ " + many("(") + "1" + many(")") + " }}",
            "{{ " + many("[") + "1" + many("]") + " }}",
            "{{ " + many("{1:") + "1" + many("}") + " }}",
            "{{ " + many("not ") + "1 }}",
            "{{ " + many("-") + "1 }}",
            "{{ " + many("1-") + "1 }}",
            "{{ " + many("1**") + "1 }}",
            "{{ " + many("1 or ") + "1 }}",
            "{{ x" + many(".x") + " }}",
            "{{ x" + many("[0]") + " }}",
            "{{ x" + many("()") + " }}",
            "{{ x" + many("|upper") + " }}",
            "{{ x" + many("(x") + many(")") + " }}",
            "{{ x" + many("|default(x") + many(")") + " }}",
            "{{ " + many("1 if 1 else ") + "1 }}",
            many("{% if 1 %}") + many("{% endif %}"),
            many("{% for x in y %}") + many("{% endfor %}"),
            many("{% macro x() %}") + many("{% endmacro %}"),
            many("{% filter upper %}") + many("{% endfilter %}"),
            many("{% set x %}") + many("{% endset %}"),
            "{% set " + many("(") + "x" + many(",)") + " = 1 %}",
            "{% if 1 " + many("is eq 1 is eq ") + " %}",
        ]
        for source in sources { #expect(error(source)?.kind == .syntax, "\(source.prefix(20))") }
        #expect(error(many("x", 5_000_000))?.kind == .syntax)
    }

    @Test func rendersWideTemplates() {
        #expect(error("{{ 1" + many("~1") + " }}") == nil)
        #expect(error("{{ 1" + many("+1") + " }}") == nil)
        #expect(error("{{ 'a'" + many("+'a'") + " }}") == nil)
        #expect(error("{% if 0 %}" + many("{% elif 0 %}", 10_000) + "{% endif %}") == nil)
        #expect(error("{{ [" + many("1,") + "] }}") == nil)
        #expect(error(many("{{ 1 }}")) == nil)
    }

    @Test func endsEndlessRecursion() {
        let depth = TemplateError.Kind.limitExceeded("depth")
        #expect(error("{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}")?.kind == depth)
        #expect(error("{% macro f(a=f()) %}{% endmacro %}{{ f() }}")?.kind == depth)
        #expect(error("{% macro f() %}{% call f() %}{% endcall %}{{ caller }}{% endmacro %}{{ f() }}")?.kind == depth)
        #expect(error("{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}")?.kind == depth)
        #expect(error("{% macro f(g) %}{{ g(g) }}{% endmacro %}{{ f(f) }}")?.kind == depth)
        let filtered = "{% macro f() %}{% filter upper %}{% set x %}{{ f() }}{% endset %}{% endfilter %}{% endmacro %}"
        #expect(error(filtered + "{{ f() }}")?.kind == depth)
    }

    @Test func endsLongWork() {
        let some = TemplateLimits(steps: 500_000)
        let loop = "{% for i in range(100000) %}"
        #expect(error(loop + loop + "{% endfor %}{% endfor %}", limits: some)?.kind == .limitExceeded("steps"))
        let kept = "{% set ns = namespace(l=[]) %}" + loop + "{% set ns.l = ns.l + ['x' * 100000] %}{% endfor %}"
        #expect(error(kept, limits: some)?.kind == .limitExceeded("steps"))
        let small = TemplateLimits(steps: 100)
        #expect(error("{% for i in range(99) %}{% endfor %}", limits: small)?.kind == .limitExceeded("steps"))
    }

    @Test func endsGrowth() {
        let output = TemplateError.Kind.limitExceeded("outputBytes")
        let doubling = "{% set ns = namespace(x='x') %}{% for i in range(100) %}"
        for source in [
            "{{ 'x' * 10 ** 9 }}", "{{ 'x' * 9223372036854775807 }}", "{{ 10 ** 18 * 'x' }}",
            doubling + "{% set ns.x = ns.x ~ ns.x %}{% endfor %}",
            doubling + "{% set ns.x = ns.x + ns.x %}{% endfor %}",
            doubling + "{% set ns.x = ns.x.replace('x', ns.x) %}{% set ns.x = 'x' ~ ns.x %}{% endfor %}",
            doubling + "{% set ns.x %}{{ ns.x }}{{ ns.x }}{% endset %}{% endfor %}",
            doubling + "{% set ns.x = ns.x|join(ns.x) ~ 'x' %}{% endfor %}",
            "{{ 'a'.center(10 ** 12) }}", "{{ 'a'.zfill(10 ** 18) }}", "{{ 'a'|center(10 ** 12) }}",
            "{{ 'a\tb'.expandtabs(10 ** 15) }}", "{{ 'a'|indent(10 ** 15) }}", "{{ '%*d' % (10 ** 15, 1) }}",
            "{% for i in range(100000) %}{{ 'x' * 1000 }}{% endfor %}",
        ] {
            #expect(error(source)?.kind == output, "\(source): \(String(describing: error(source)))")
        }
        #expect(error("{{ 'x' }}", limits: TemplateLimits(outputBytes: 1)) == nil)
        #expect(error("{{ 'xy' }}", limits: TemplateLimits(outputBytes: 1))?.kind == output)
    }

    /// Many steps' worth of parts must be refused before they are made.
    @Test func endsWorkInPieces() {
        let steps = TemplateError.Kind.limitExceeded("steps")
        let long = "{% set x = 'a,' * 8000000 %}"
        for piece in [
            "x.split(',')", "x.rsplit(',')", "x|list", "x.replace(',', ' ').split()",
            "x.replace(',', '\n').splitlines()",
            "x|batch(1)|list", "x|map('upper')|list", "x|select|list", "x|sort", "x|unique|list", "x|groupby('a')",
            "x|reverse", "(x,) * 10 ** 12", "[x] * 10 ** 12", "range(100000)|list * 1000", "x.translate({97: 'b'})",
            "x|slice(10 ** 9)|list", "[1]|batch(10 ** 9, 0)|list",
        ] {
            #expect(error(long + "{{ (" + piece + ")|length }}")?.kind == steps, "\(piece)")
        }
        let runs = "{% for i in range(100000) %}"
        for body in [
            "{{ caller }}{% set x = [i] * 1000 %}", "{% set ns.l = ns.l + [ns.l] * 100 %}",
            "{% set x = namespace(a=i) %}",
            "{% macro f() %}{% endmacro %}{% set x = cycler(1, 2) %}{% set x = range(9)|list %}", "{{ ns.l|join }}",
            "{% set x = dict(a=1, b=2) %}{% set x = x.items()|list %}",
            "{% set ns.l = ns.l|map('string')|list + [i] %}",
        ] {
            let source = "{% set ns = namespace(l=[]) %}" + runs + runs + body + "{% endfor %}{% endfor %}"
            guard case .limitExceeded = error(source, limits: TemplateLimits(steps: 200_000))?.kind else {
                Issue.record("\(body) came to an end")
                continue
            }
        }
    }

    @Test func endsExponentialStrings() {
        let macros = (1...60).map { "{% macro m\($0)() %}{{ m\($0 - 1)() }}{{ m\($0 - 1)() }}{% endmacro %}" }
        let source = "{% macro m0() %}x{% endmacro %}" + macros.joined() + "{{ m60() }}"
        guard case .limitExceeded = error(source, limits: TemplateLimits(steps: 500_000))?.kind else {
            Issue.record("the macros came to an end")
            return
        }
        let output = TemplateError.Kind.limitExceeded("outputBytes")
        let values = (1...60).map { "{% set x\($0) = [x\($0 - 1), x\($0 - 1)] %}" }.joined()
        #expect(error("{% set x0 = ['x' * 1000] %}" + values + "{{ x60|length }}") == nil)
        #expect(error("{% set x0 = 'x' * 1000 %}" + values.replacing("[", with: "").replacing("]", with: "")) == nil)
        let doubled = (1...60).map { "{% set x\($0) = x\($0 - 1) ~ x\($0 - 1) %}" }.joined()
        #expect(error("{% set x0 = 'x' %}" + doubled)?.kind == output)
        #expect(error("{% set x0 = 'x' * 99999 %}" + doubled.replacing("~", with: "+"))?.kind == output)
    }

    @Test func endsTextsOfSharedValues() {
        let values = (1...60).map { "{% set x\($0) = [x\($0 - 1), x\($0 - 1)] %}" }.joined()
        for use in [
            "x60|string", "x60|tojson", "x60 == y60", "x60|join", "'%s' % (x60,)", "{x60|string: 1}", "x60 < y60",
        ] {
            let other = values.replacing("x", with: "y")
            let source = "{% set x0 = 'x' %}{% set y0 = 'x' %}" + values + other + "{{ " + use + " }}"
            guard case .limitExceeded = error(source)?.kind else {
                Issue.record("\(use) came to an end")
                continue
            }
        }
    }

    @Test func refusesHugeNumbers() {
        for source in [
            "{{ range(10 ** 9) }}", "{{ range(-9223372036854775807, 9223372036854775807) }}", "{{ 2 ** 100000 }}",
            "{{ 9223372036854775807 + 1 }}", "{{ 9223372036854775807 * 2 }}", "{{ -9223372036854775807 - 2 }}",
            "{{ -(-9223372036854775807 - 1) }}", "{{ (-9223372036854775807 - 1) // -1 }}",
            "{{ (-9223372036854775807 - 1)|abs }}", "{{ 10.0 ** 400 }}", "{{ 1e300|int }}", "{{ '%d' % 1e300 }}",
            "{{ '{:1000000000}'.format(1) }}", "{{ '%1000000000d' % 1 }}", "{{ 1|round(10 ** 9) }}",
        ] {
            #expect(error(source)?.kind == .runtime, "\(source)")
        }
        for source in [
            "{{ 'abc'.center(-9223372036854775807 - 1) }}", "{{ 'abc'[-9223372036854775807 - 1:] }}",
            "{{ 'abc'[::-9223372036854775807 - 1] }}", "{{ 'abc'[::9223372036854775807] }}",
            "{{ [1][-9223372036854775807 - 1] }}", "{{ (-9223372036854775807 - 1) % -1 }}",
            "{{ 'abc'.find('c', -9223372036854775807 - 1, 9223372036854775807) }}", "{{ 5|round(-10 ** 2) }}",
            "{{ [1, 2].index(2, -9223372036854775807 - 1) }}", "{{ 'abc'.split('b', -9223372036854775807 - 1) }}",
        ] {
            #expect(error(source) == nil, "\(source)")
        }
        #expect(error("{{ 9223372036854775808 }}")?.kind == .syntax)
        #expect(error("{{ x }}{{ x == x }}{{ x|tojson }}", ["x": .largeInteger("99999999999999999999")]) == nil)
    }

    @Test func refusesDeepValues() {
        let depth = TemplateError.Kind.limitExceeded("valueDepth")
        let nesting = "{% set ns = namespace(x=[]) %}{% for i in range(100000) %}"
        #expect(error(nesting + "{% set ns.x = [ns.x] %}{% endfor %}")?.kind == depth)
        #expect(error(nesting + "{% set ns.x = {'a': ns.x} %}{% endfor %}")?.kind == depth)
        #expect(error(nesting + "{% set ns.x = (ns.x,) %}{% endfor %}")?.kind == depth)
        #expect(error(nesting + "{% set ns.x = [ns.x]|batch(1)|list %}{% endfor %}")?.kind == depth)
        var deep = JSONValue.null
        for _ in 0..<300 { deep = .array([deep]) }
        #expect(error("{{ x }}", ["x": deep])?.kind == depth)
        let cycle = "{% set ns = namespace() %}{% set ns.me = [ns] %}"
        #expect(error(cycle + "{{ ns.me }}{{ ns == ns }}{{ ns.me == ns.me }}") == nil)
        #expect(error(cycle + "{{ ns.me|tojson }}")?.kind == .runtime)
    }

    @Test func keepsFunctionsThatOutliveTheirCall() throws {
        let source = """
            {% set ns = namespace() %}{% macro make(x) %}{% macro inner() %}{{ x }}{% endmacro %}\
            {% set ns.f = inner %}{% endmacro %}{{ make('a') }}{% macro other(y) %}{{ y }}{{ ns.f() }}{% endmacro %}\
            {{ other('b') }}{{ ns.f() }}{% for i in [1, 2] if i %}{% set ns.l = loop %}{% endfor %}{{ ns.l.last }}
            """
        let prompt = try ChatTemplate(source: source).render(
            TemplateContext(variables: JSONObject(), now: Fixtures.now))
        #expect(prompt.text == "baaTrue")
    }

    @Test func namesUnknownTagsFiltersAndTests() {
        #expect(error("a\n{% nosuch %}")?.message.contains("'nosuch'") == true)
        #expect(error("a\n{% include 'x' %}")?.message.contains("'include'") == true)
        #expect(error("a\n{{ x|nosuch }}") == TemplateError(.syntax, "No filter named 'nosuch'.", line: 2))
        #expect(error("a\n\n{{ x is nosuch }}") == TemplateError(.syntax, "No test named 'nosuch'.", line: 3))
        #expect(error("\n{{ raise_exception('No.') }}") == TemplateError(.raised, "No.", line: 2))
        #expect(error("{% if 1 %}\n\n{{ x.y.z }}{% endif %}")?.line == 3)
    }
}

/// A call as a name and then its arguments as one value: `get_weather<sep>{"city": "Oslo"}`.
struct NamedSyntax: Sendable {
    /// The notation of the arguments.
    enum Arguments: Sendable, Equatable { case json, literal(LiteralDialect) }

    var header: HeaderSyntax
    var arguments = Arguments.json
    /// What ends the call after its arguments; without any the end of the value is enough.
    var closes: [Marker] = []
}

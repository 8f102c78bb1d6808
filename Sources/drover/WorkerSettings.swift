import RPCTransport

/// What `drover worker` can be told, beside what `ServeSettings` has of the engine.
///
/// Configuration keys
/// - `listen` (HOST:PORT, [HOST]:PORT or unix:/PATH; default: 127.0.0.1:50051): where gateways find it.
struct WorkerSettings {
    var serve: ServeSettings
    var address: RPCAddress

    static let defaultAddress = RPCAddress.tcp(host: "127.0.0.1", port: 50051)

    init(_ reader: SettingReader) throws(SettingError) {
        serve = try ServeSettings(reader)
        address = Self.defaultAddress
        guard let text = reader.text(.listen) else { return }
        guard let given = ListenAddress(text) else {
            throw SettingError(key: .listen, value: text, allowed: "HOST:PORT, [HOST]:PORT or unix:/PATH")
        }
        address = given.address
    }
}

import EngineWire
import RPCTransport

/// The calls that an engine's requests need.
struct RemotePaths {
    let generate, embed, abort: RPCPath

    init(_ dialect: EngineDialect) {
        generate = RPCPath(service: dialect.service, method: "Generate")
        embed = RPCPath(service: dialect.service, method: "Embed")
        abort = RPCPath(service: dialect.service, method: "Abort")
    }
}

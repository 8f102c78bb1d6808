/// A method's name as it stands in calls, encoded once.
package struct RPCPath: Hashable, Sendable {
    /// Like `vllm.grpc.engine.VllmEngine/Generate`, with a slash before.
    package let name: String
    /// `:path`, as HPACK.
    let block: [UInt8]

    package init(service: String, method: String) {
        name = "/\(service)/\(method)"
        var block: [UInt8] = []
        RequestBlock.append(name, namedBy: .path, to: &block)
        self.block = block
    }
}

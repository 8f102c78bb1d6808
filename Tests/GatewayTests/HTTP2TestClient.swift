import Gateway
import NIOCore
import NIOEmbedded
import NIOHPACK
import NIOHTTP2
import Testing

/// A client of HTTP/2 that speaks frame by frame. The gateway may send no more than it has allowed.
final class HTTP2TestClient {
    let link: Link
    private var nextStream = HTTP2StreamID(1)
    private var answers: [HTTP2StreamID: HTTPAnswer] = [:]
    private var resets: [HTTP2StreamID: HTTP2ErrorCode] = [:]
    private var goodbyes: [HTTP2ErrorCode] = []
    private var continued: Set<HTTP2StreamID> = []

    /// - Parameter handlers: what lies between the socket and HTTP/2.
    init(_ fixture: GatewayFixture, window: Int = 65535, over handlers: [any ChannelHandler] = []) throws {
        let framing = NIOHTTP2Handler(
            mode: .client, initialSettings: [HTTP2Setting(parameter: .initialWindowSize, value: window)],
            headerBlockValidation: .disabled, contentLengthValidation: .disabled)
        link = try Link(fixture, client: handlers + [framing])
    }

    var isClosed: Bool { !link.server.isActive }

    // MARK: Sending

    func send(_ stream: HTTP2StreamID, _ payload: HTTP2Frame.FramePayload) {
        link.client.writeAndFlush(HTTP2Frame(streamID: stream, payload: payload), promise: nil)
        link.pump()
    }

    /// Begins a request; its body is to follow if `isWhole` is false.
    func begin(
        _ method: String, _ path: String, _ fields: [(String, String)] = [], isWhole: Bool = false
    ) -> HTTP2StreamID {
        let stream = nextStream
        nextStream = stream.advanced(by: 2)
        let head: [(String, String)] = [
            (":method", method), (":scheme", "http"), (":path", path), (":authority", "test"),
        ]
        send(stream, .headers(.init(headers: HPACKHeaders(head + fields), endStream: isWhole)))
        return stream
    }

    func send(_ stream: HTTP2StreamID, body: String, isWhole: Bool = true) {
        send(stream, .data(.init(data: .byteBuffer(ByteBuffer(string: body)), endStream: isWhole)))
    }

    @discardableResult
    func get(_ path: String, method: String = "GET", _ fields: [(String, String)] = []) -> HTTP2StreamID {
        begin(method, path, fields, isWhole: true)
    }

    @discardableResult
    func post(_ path: String, _ body: String, _ fields: [(String, String)] = []) -> HTTP2StreamID {
        let stream = begin("POST", path, [("content-type", "application/json")] + fields)
        send(stream, body: body)
        return stream
    }

    @discardableResult
    func chat(_ options: String = "") -> HTTP2StreamID {
        post("/v1/chat/completions", #"{"model":"tiny","messages":[{"role":"user","content":"Hi"}]\#(options)}"#)
    }

    // MARK: Reading

    /// What has arrived of a stream's answer; not whole until the stream has ended.
    func answer(_ stream: HTTP2StreamID) -> HTTPAnswer? {
        collect()
        return answers[stream]
    }

    /// Why the gateway has reset a stream.
    func reset(_ stream: HTTP2StreamID) -> HTTP2ErrorCode? {
        collect()
        return resets[stream]
    }

    /// The reasons of the gateway's goodbyes.
    func farewells() -> [HTTP2ErrorCode] {
        collect()
        return goodbyes
    }

    /// Whether the client has been told to send the body.
    func isToldToGoOn(_ stream: HTTP2StreamID) -> Bool {
        collect()
        return continued.contains(stream)
    }

    private func collect() {
        link.pump()
        while let frame = try? link.client.readInbound(as: HTTP2Frame.self) { take(frame) }
    }

    private func take(_ frame: HTTP2Frame) {
        switch frame.payload {
        case .headers(let part): begin(frame.streamID, part)
        case .data(let part):
            guard case .byteBuffer(let bytes) = part.data else { return }
            answers[frame.streamID]?.body += bytes.readableBytesView
            if part.endStream { answers[frame.streamID]?.isWhole = true }
        case .rstStream(let reason): resets[frame.streamID] = reason
        case .goAway(_, let reason, _): goodbyes.append(reason)
        default: break
        }
    }

    private func begin(_ stream: HTTP2StreamID, _ part: HTTP2Frame.FramePayload.Headers) {
        let status = part.headers.first(name: ":status").flatMap { Int($0) } ?? 0
        guard status != 100 else {
            continued.insert(stream)
            return
        }
        #expect(answers[stream] == nil, "one answer a stream")
        var answer = HTTPAnswer()
        answer.status = status
        answer.isWhole = part.endStream
        for (name, value, _) in part.headers where !name.hasPrefix(":") {
            #expect(name == name.lowercased() && answer.fields[name] == nil)
            answer.fields[name] = value
        }
        answers[stream] = answer
    }
}

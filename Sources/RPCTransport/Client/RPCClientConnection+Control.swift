import NIOCore

/// Frames that are no answers: settings, windows, pings, resets and the server's farewell.
extension RPCClientConnection {
    func receiveOther(_ head: FrameHead, _ payload: UnsafeRawBufferPointer) throws(ProtocolViolation) {
        if let headerBlock { return try receiveContinuation(of: headerBlock, head, payload) }
        let kind = FrameHead.Kind(rawValue: head.type)
        if case .opening = phase, kind != .settings || head.has(FrameHead.Flag.ack) { throw .notHTTP2 }
        switch kind {
        case .headers: try receiveHeaders(head, payload)
        case .resetStream: try receiveReset(head, payload)
        case .settings: try receiveSettings(head, payload)
        case .ping: try receivePing(head, payload)
        case .goAway: try receiveGoAway(head, payload)
        case .windowUpdate: try receiveWindowUpdate(head, payload)
        case .priority:
            guard head.streamID != 0 else { throw ProtocolViolation(.protocolError, "PRIORITY on stream 0") }
            guard payload.count == 5 else {
                throw ProtocolViolation(.frameSizeError, "a PRIORITY of \(payload.count) bytes")
            }
        case .pushPromise: throw ProtocolViolation(.protocolError, "PUSH_PROMISE, which is refused")
        case .continuation: throw ProtocolViolation(.protocolError, "CONTINUATION of nothing")
        case .data, nil: break
        }
    }

    private func receiveReset(_ head: FrameHead, _ payload: UnsafeRawBufferPointer) throws(ProtocolViolation) {
        guard payload.count == 4 else {
            throw ProtocolViolation(.frameSizeError, "an RST_STREAM of \(payload.count) bytes")
        }
        guard let slot = table.slot(ofStream: head.streamID) else { return try checkEnded(head.streamID) }
        table.slots[slot].isSending = false
        end(slot, RPCStatus(resetWith: FramePayload.number(payload, at: 0)))
    }

    private func receivePing(_ head: FrameHead, _ payload: UnsafeRawBufferPointer) throws(ProtocolViolation) {
        guard payload.count == 8 else { throw ProtocolViolation(.frameSizeError, "a PING of \(payload.count) bytes") }
        guard head.streamID == 0 else { throw ProtocolViolation(.protocolError, "PING on a stream") }
        guard !head.has(FrameHead.Flag.ack) else { return }
        try countControlFrame()
        out.writeFrameHead(.ping, flags: FrameHead.Flag.ack, streamID: 0, length: 8)
        out.writeBytes(payload)
    }

    /// A peer that makes this end answer without reading the answers is cut off.
    private func countControlFrame() throws(ProtocolViolation) {
        unreadControlFrames += 1
        guard unreadControlFrames <= HTTP2Limits.unreadControlFrames else {
            throw ProtocolViolation(.enhanceYourCalm, "more PING and SETTINGS than it reads the answers of")
        }
    }

    // MARK: SETTINGS

    private func receiveSettings(_ head: FrameHead, _ payload: UnsafeRawBufferPointer) throws(ProtocolViolation) {
        guard head.streamID == 0 else { throw ProtocolViolation(.protocolError, "SETTINGS on a stream") }
        guard payload.count % 6 == 0, !head.has(FrameHead.Flag.ack) || payload.isEmpty else {
            throw ProtocolViolation(.frameSizeError, "SETTINGS of \(payload.count) bytes")
        }
        guard !head.has(FrameHead.Flag.ack) else { return }
        try countControlFrame()
        let window = peer.initialWindowBytes
        for offset in stride(from: 0, to: payload.count, by: 6) {
            let id = UInt16(payload[offset]) << 8 | UInt16(payload[offset + 1])
            try peer.take(id, FramePayload.number(payload, at: offset + 2))
        }
        out.writeFrameHead(.settings, flags: FrameHead.Flag.ack, streamID: 0, length: 0)
        if peer.initialWindowBytes != window { try changeWindows(by: peer.initialWindowBytes - window) }
        if case .opening(let promise) = phase {
            phase = .open
            openingTimer?.cancel()
            openingTimer = nil
            scheduleKeepAlive(at: eventLoop.now + .fraction(ofSeconds: limits.pingIdleSeconds))
            promise.assumeIsolated().succeed(self)
        }
        openWaiting()
    }

    /// Applies another INITIAL_WINDOW_SIZE to the streams that are open (RFC 9113, section 6.9.2).
    private func changeWindows(by delta: Int) throws(ProtocolViolation) {
        for slot in table.slots.indices where table.slots[slot].streamID != 0 {
            table.slots[slot].sendWindow += delta
            guard table.slots[slot].sendWindow <= HTTP2Limits.windowBytes else {
                throw ProtocolViolation(.flowControlError, "INITIAL_WINDOW_SIZE makes a window too large")
            }
            if table.slots[slot].sendWindow > 0 {
                resumeSending(slot)
            } else if table.slots[slot].membership == .sending {
                table.unlink(slot)
            }
        }
    }

    // MARK: Windows

    private func receiveWindowUpdate(_ head: FrameHead, _ payload: UnsafeRawBufferPointer) throws(ProtocolViolation) {
        guard payload.count == 4 else {
            throw ProtocolViolation(.frameSizeError, "a WINDOW_UPDATE of \(payload.count) bytes")
        }
        let increment = Int(FramePayload.number(payload, at: 0) & HTTP2Limits.streamID)
        if head.streamID == 0 {
            guard increment > 0 else { throw ProtocolViolation(.protocolError, "a WINDOW_UPDATE of 0") }
            sendWindow += increment
            guard sendWindow <= HTTP2Limits.windowBytes else {
                throw ProtocolViolation(.flowControlError, "a connection window of more than 2 GiB")
            }
            return pump()
        }
        guard let slot = table.slot(ofStream: head.streamID) else { return try checkEnded(head.streamID) }
        guard increment > 0 else {
            return abort(slot, .protocolError, RPCStatus(.internal, "a WINDOW_UPDATE of 0"))
        }
        guard table.slots[slot].sendWindow + increment <= HTTP2Limits.windowBytes else {
            return abort(slot, .flowControlError, RPCStatus(.internal, "a stream window of more than 2 GiB"))
        }
        table.slots[slot].sendWindow += increment
        resumeSending(slot)
        pump()
    }

    // MARK: GOAWAY

    private func receiveGoAway(_ head: FrameHead, _ payload: UnsafeRawBufferPointer) throws(ProtocolViolation) {
        guard payload.count >= 8 else {
            throw ProtocolViolation(.frameSizeError, "a GOAWAY of \(payload.count) bytes")
        }
        guard head.streamID == 0 else { throw ProtocolViolation(.protocolError, "GOAWAY on a stream") }
        let last = FramePayload.number(payload, at: 0) & HTTP2Limits.streamID
        let text = String(decoding: payload[8...].prefix(256), as: UTF8.self)
        let name = HTTP2ErrorKind.name(of: FramePayload.number(payload, at: 4))
        let reason = "the server said GOAWAY: \(name)\(text.isEmpty ? "" : ", \(text)")"
        goAwayReason = reason
        drain(reason)
        for call in table.calls {
            guard let slot = table.slot(of: call), table.slots[slot].streamID > last else { continue }
            table.release(slot)
            deferredEnds.append((call, RPCStatus(.unavailable, reason, isUnprocessed: true)))
        }
        tellDeferred()
    }
}

extension ProtocolViolation {
    static var notHTTP2: ProtocolViolation {
        ProtocolViolation(.protocolError, "the server does not speak HTTP/2: it does not begin with SETTINGS")
    }
}

import NIOCore
import NIOHPACK

/// Frames, read where they lie, and what answers are made of. Everything here runs within a read.
extension RPCClientConnection {
    /// Takes what a read brought.
    func receive(_ bytes: ByteBuffer) {
        isInRead = true
        guard isReceiving else { return }
        guard let owner else { return close() }
        keepAlive.heard(now: eventLoop.now)
        var bytes = bytes
        do throws(ProtocolViolation) {
            try completePendingFrame(&bytes, owner)
            try readFrames(&bytes, owner)
        } catch {
            return violated(error)
        }
        if isReceiving { pending.writeBuffer(&bytes) }
    }

    /// Ends a read: the owner first, then everything that was written meanwhile.
    func readComplete() {
        completeRead()
        grantConnection()
        isInRead = false
        flush()
        finishIfDone()
    }

    /// Adds to the frame that has begun what is missing of it, and takes it if that makes it whole.
    private func completePendingFrame(_ bytes: inout ByteBuffer, _ owner: any RPCClientOwner) throws(ProtocolViolation)
    {
        while isReceiving, pending.readableBytes > 0, bytes.readableBytes > 0 {
            let have = pending.readableBytes
            let whole = pending.withUnsafeReadableBytes {
                have < FrameHead.size ? FrameHead.size : FrameHead.size + FrameHead($0, at: 0).length
            }
            if var missing = bytes.readSlice(length: min(whole - have, bytes.readableBytes)) {
                pending.writeBuffer(&missing)
            }
            // The owner's verbs may come in between, so the frame is not held in `pending` meanwhile.
            var frame = pending
            pending = ByteBuffer()
            try readFrames(&frame, owner)
            if frame.readableBytes == 0 { frame.clear() }
            pending = frame
        }
    }

    private func readFrames(_ bytes: inout ByteBuffer, _ owner: any RPCClientOwner) throws(ProtocolViolation) {
        let count = try bytes.withUnsafeReadableBytes { (bytes) throws(ProtocolViolation) -> Int in
            var offset = 0
            while isReceiving, bytes.count - offset >= FrameHead.size {
                let head = FrameHead(bytes, at: offset)
                guard head.length <= HTTP2Limits.frameBytes else { throw tooLong(head) }
                let end = offset + FrameHead.size + head.length
                guard end <= bytes.count else { break }
                let payload = UnsafeRawBufferPointer(rebasing: bytes[(offset + FrameHead.size)..<end])
                offset = end
                if head.type == FrameHead.Kind.data.rawValue, headerBlock == nil {
                    try receiveData(head, payload, owner)
                } else {
                    try receiveOther(head, payload)
                }
            }
            return offset
        }
        bytes.moveReaderIndex(forwardBy: count)
    }

    private func tooLong(_ head: FrameHead) -> ProtocolViolation {
        if case .opening = phase { return .notHTTP2 }
        return ProtocolViolation(.frameSizeError, "a frame of \(head.length) bytes")
    }

    // MARK: DATA

    private func receiveData(
        _ head: FrameHead, _ payload: UnsafeRawBufferPointer, _ owner: any RPCClientOwner
    ) throws(ProtocolViolation) {
        ungrantedBytes += head.length
        guard ungrantedBytes <= limits.connectionWindowBytes else {
            throw ProtocolViolation(.flowControlError, "more DATA than the connection's window holds")
        }
        let body = try FramePayload.unpadded(payload, head)
        guard let slot = table.slot(ofStream: head.streamID) else { return try checkEnded(head.streamID) }
        switch table.slots[slot].take(head.length, windowBytes: limits.streamWindowBytes) {
        case .taken(let call, let grant):
            if grant > 0 { out.writeWindowUpdate(streamID: head.streamID, bytes: grant) }
            hasDelivered = true
            keepAlive.answered()
            guard deliver(body, of: call, at: slot, owner), head.has(FrameHead.Flag.endStream) else { return }
            end(slot, RPCStatus(.internal, "the server ended the stream without trailers"))
        case .beyondWindow:
            abort(slot, .flowControlError, RPCStatus(.internal, "more DATA than the stream's window holds"))
        case .beforeHeaders:
            abort(slot, .protocolError, RPCStatus(.internal, "DATA before the answer's headers"))
        }
    }

    /// Hands over the messages that are whole and keeps the rest. Returns false if the call is gone.
    private func deliver(
        _ body: UnsafeRawBufferPointer, of call: RPCCall, at slot: Int, _ owner: any RPCClientOwner
    ) -> Bool {
        var rest = body
        if !table.slots[slot].partial.isEmpty {
            guard completePartial(&rest, of: call, at: slot, owner) else { return false }
        }
        while rest.count >= MessagePrefix.size {
            let length = MessagePrefix.length(rest)
            if let refusal = MessagePrefix.refusal(flag: rest[0], length: length, limit: limits.messageBytes) {
                abort(slot, .cancel, refusal)
                return false
            }
            let end = MessagePrefix.size + length
            guard end <= rest.count else { break }
            owner.received(UnsafeRawBufferPointer(rebasing: rest[MessagePrefix.size..<end]), of: call)
            guard table.holds(call, at: slot) else { return false }
            rest = UnsafeRawBufferPointer(rebasing: rest[end...])
        }
        if !rest.isEmpty { table.slots[slot].partial.append(contentsOf: rest) }
        return true
    }

    /// Adds to the message that has begun what is missing of it, and hands it over if that makes it whole. Returns false
    /// if the call is gone.
    private func completePartial(
        _ rest: inout UnsafeRawBufferPointer, of call: RPCCall, at slot: Int, _ owner: any RPCClientOwner
    ) -> Bool {
        var message: [UInt8] = []
        swap(&message, &table.slots[slot].partial)
        Self.move(MessagePrefix.size - message.count, from: &rest, to: &message)
        if message.count >= MessagePrefix.size {
            let length = message.withUnsafeBytes { MessagePrefix.length($0) }
            if let refusal = MessagePrefix.refusal(flag: message[0], length: length, limit: limits.messageBytes) {
                abort(slot, .cancel, refusal)
                return false
            }
            Self.move(MessagePrefix.size + length - message.count, from: &rest, to: &message)
            if message.count == MessagePrefix.size + length {
                message.withUnsafeBytes {
                    owner.received(UnsafeRawBufferPointer(rebasing: $0[MessagePrefix.size...]), of: call)
                }
                guard table.holds(call, at: slot) else { return false }
                message.removeAll(keepingCapacity: message.capacity <= limits.streamWindowBytes)
            }
        }
        swap(&message, &table.slots[slot].partial)
        return true
    }

    /// Moves at most `count` bytes.
    private static func move(_ count: Int, from rest: inout UnsafeRawBufferPointer, to message: inout [UInt8]) {
        let count = min(count, rest.count)
        guard count > 0 else { return }
        message.append(contentsOf: rest[..<count])
        rest = UnsafeRawBufferPointer(rebasing: rest[count...])
    }

    /// Grants the connection what has come, once a read at most.
    private func grantConnection() {
        guard ungrantedBytes * 2 >= limits.connectionWindowBytes, isReceiving else { return }
        out.writeWindowUpdate(streamID: 0, bytes: ungrantedBytes)
        ungrantedBytes = 0
    }

    // MARK: HEADERS

    func receiveHeaders(_ head: FrameHead, _ payload: UnsafeRawBufferPointer) throws(ProtocolViolation) {
        guard head.streamID != 0 else { throw ProtocolViolation(.protocolError, "HEADERS on stream 0") }
        headerBytes.clear()
        headerBytes.writeBytes(try FramePayload.headerBlock(payload, head))
        let endsStream = head.has(FrameHead.Flag.endStream)
        if head.has(FrameHead.Flag.endHeaders) {
            try takeHeaders(streamID: head.streamID, endsStream: endsStream)
        } else {
            headerBlock = UnfinishedHeaders(
                streamID: head.streamID, endsStream: endsStream, frameBytes: FrameHead.size + head.length)
        }
    }

    func receiveContinuation(
        of unfinished: UnfinishedHeaders, _ head: FrameHead, _ payload: UnsafeRawBufferPointer
    ) throws(ProtocolViolation) {
        var unfinished = unfinished
        guard head.type == FrameHead.Kind.continuation.rawValue, head.streamID == unfinished.streamID else {
            throw ProtocolViolation(.protocolError, "a header block that another frame interrupts")
        }
        unfinished.frameBytes += FrameHead.size + head.length
        guard unfinished.frameBytes <= HTTP2Limits.headerBytes else {
            throw ProtocolViolation(.enhanceYourCalm, "a header block of more than \(HTTP2Limits.headerBytes) bytes")
        }
        headerBytes.writeBytes(payload)
        guard head.has(FrameHead.Flag.endHeaders) else { return headerBlock = unfinished }
        headerBlock = nil
        try takeHeaders(streamID: unfinished.streamID, endsStream: unfinished.endsStream)
    }

    /// Decodes a block, also one that nobody waits for: the decoder's table depends on it.
    private func takeHeaders(streamID: UInt32, endsStream: Bool) throws(ProtocolViolation) {
        let headers: HPACKHeaders
        do {
            headers = try decoder.decodeHeaders(from: &headerBytes)
        } catch {
            throw ProtocolViolation(.compressionError, "a header block that is no HPACK: \(error)")
        }
        guard let slot = table.slot(ofStream: streamID) else { return try checkEnded(streamID) }
        keepAlive.answered()
        let answer = AnswerHeaders(headers)
        if table.slots[slot].phase == .open {
            takeHead(answer, at: slot, endsStream: endsStream)
        } else if endsStream {
            end(slot, endStatus(answer, at: slot))
        } else {
            abort(slot, .protocolError, RPCStatus(.internal, "headers in the middle of the answer"))
        }
    }

    private func takeHead(_ answer: AnswerHeaders, at slot: Int, endsStream: Bool) {
        guard let httpStatus = answer.httpStatus, !(answer.isInformational && endsStream) else {
            return abort(slot, .protocolError, RPCStatus(.internal, "an answer without an HTTP status"))
        }
        if answer.isInformational { return }
        if endsStream {
            let other = RPCStatus(httpStatus: httpStatus, contentType: answer.contentType)
            return end(slot, answer.status ?? other)
        }
        guard answer.isGRPC else {
            let other = RPCStatus(httpStatus: httpStatus, contentType: answer.contentType)
            return abort(slot, .cancel, answer.status ?? other)
        }
        table.slots[slot].phase = .answered
    }

    private func endStatus(_ trailers: AnswerHeaders, at slot: Int) -> RPCStatus {
        guard let status = trailers.status else { return RPCStatus(.unknown, "trailers without a grpc-status") }
        guard status.code == .ok, !table.slots[slot].partial.isEmpty else { return status }
        return RPCStatus(.internal, "the answer ended in the middle of a message")
    }

    /// A frame of a stream that is not open must be of one that was.
    func checkEnded(_ streamID: UInt32) throws(ProtocolViolation) {
        guard streamID % 2 == 1, streamID < nextStreamID else {
            throw ProtocolViolation(.protocolError, "a frame for stream \(streamID), which was never opened")
        }
    }
}

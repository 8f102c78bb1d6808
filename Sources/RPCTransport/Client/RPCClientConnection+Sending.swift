import NIOCore

/// Header blocks, bodies under flow control, and the writes that carry them.
extension RPCClientConnection {
    /// So much is gathered before it is written.
    private static let gatheredBytes = 128 << 10
    /// What one call sends before it is the next one's turn, and the capacity that an idle connection keeps.
    private static let turnBytes = 64 << 10

    /// The most streams at once.
    var streamLimit: Int { min(peer.concurrentStreams, CallTable.slotLimit / 2 - 1) }

    /// Opens streams for waiting calls as long as the server allows, and sends what can be sent.
    func openWaiting() {
        while acceptsCalls, table.waiting.first >= 0, table.streamCount < streamLimit {
            open(Int(table.waiting.first))
            if nextStreamID > HTTP2Limits.streamID { drain("the connection's stream ids are used up") }
        }
        pump()
    }

    private func open(_ slot: Int) {
        table.unlink(slot)
        let streamID = nextStreamID
        nextStreamID += 2
        table.open(slot, streamID: streamID)
        let deadline = table.slots[slot].deadline
        let timeout: String? =
            deadline == .distantFuture
            ? nil : GRPCTimeout.text(seconds: Double((deadline - eventLoop.now).nanoseconds) / 1e9)
        requestBlock.write(
            path: table.slots[slot].path, timeout: timeout, isFirstSinceTableSize: peer.awaitsTableSize, to: &block)
        peer.awaitsTableSize = false
        out.writeFrameHead(.headers, flags: FrameHead.Flag.endHeaders, streamID: streamID, length: block.count)
        out.writeBytes(block)
        table.slots[slot].path = []
        table.slots[slot].isSending = true
        table.slots[slot].sendWindow = peer.initialWindowBytes
        table.slots[slot].receiveWindow = limits.streamWindowBytes
        if peer.initialWindowBytes > 0 { table.append(slot, to: .sending) }
    }

    /// Writes bodies, each call in its turn, as far as the windows and the socket take them.
    func pump() {
        while sendWindow > 0, table.sending.first >= 0, out.readableBytes < Self.gatheredBytes, isWritable {
            let slot = Int(table.sending.first)
            let unsent = table.slots[slot].unsentBytes
            let most = min(sendWindow, table.slots[slot].sendWindow, peer.frameBytes, Self.turnBytes)
            let count = min(unsent, most)
            let flags = count == unsent ? FrameHead.Flag.endStream : 0
            out.writeFrameHead(.data, flags: flags, streamID: table.slots[slot].streamID, length: count)
            table.slots[slot].writeUnsent(count, to: &out)
            sendWindow -= count
            table.unlink(slot)
            if count < unsent, table.slots[slot].sendWindow > 0 { table.append(slot, to: .sending) }
        }
    }

    /// The stream's window has become larger.
    func resumeSending(_ slot: Int) {
        guard table.slots[slot].isSending, table.slots[slot].membership == .none, table.slots[slot].sendWindow > 0
        else { return }
        table.append(slot, to: .sending)
    }

    private var isWritable: Bool { context?.channel.isWritable ?? false }

    /// Writes everything that is ready, at once.
    ///
    /// A write that the socket takes whole makes the channel unwritable and writable again within the call, while `out`
    /// is not cleared yet: `writabilityChanged` leaves the rest to this loop then.
    func flush() {
        guard !isFlushing else { return }
        isFlushing = true
        defer { isFlushing = false }
        while let context, out.readableBytes > 0 {
            context.writeAndFlush(NIOAny(out), promise: nil)
            if out.capacity > 2 * Self.gatheredBytes { out = ByteBuffer() } else { out.clear() }
            pump()
        }
        if isWritable { unreadControlFrames = 0 }
    }

    /// Goes on with bodies that the socket did not take.
    func writabilityChanged() {
        guard !isFlushing else { return }
        pump()
        if !isInRead { flush() }
    }

    /// Flushes when the loop has done what it does now, unless a read's end comes first.
    func scheduleTick() {
        guard !isTickScheduled, !(isInRead && deferredEnds.isEmpty && isReceiving) else { return }
        isTickScheduled = true
        eventLoop.assumeIsolated().execute { self.tick() }
    }

    private func tick() {
        isTickScheduled = false
        tellDeferred()
        flush()
        finishIfDone()
    }
}

import NIOCore

/// How calls and the connection end, and the timers that end them.
extension RPCClientConnection {
    // MARK: Calls

    /// Ends a call whose answer is complete; what it has not sent it does not send.
    func end(_ slot: Int, _ status: RPCStatus) {
        let (call, streamID) = (table.slots[slot].call, table.slots[slot].streamID)
        if table.slots[slot].isSending { out.writeReset(streamID: streamID, .none) }
        table.release(slot)
        hasDelivered = true
        owner?.ended(call, status)
        openWaiting()
    }

    /// Ends a call by resetting its stream.
    func abort(_ slot: Int, _ kind: HTTP2ErrorKind, _ status: RPCStatus) {
        out.writeReset(streamID: table.slots[slot].streamID, kind)
        table.slots[slot].isSending = false
        end(slot, status)
    }

    /// Takes every call out of the table; the owner is told when `tellDeferred` is called.
    func deferEnds(_ status: RPCStatus) {
        for call in table.calls {
            var status = status
            status.isUnprocessed = table.slots[call.slot].streamID == 0
            table.release(call.slot)
            deferredEnds.append((call, status))
        }
    }

    /// Takes no more calls, and ends those that wait for a stream.
    func drain(_ reason: String) {
        if !isDraining { mustTellRefusal = true }
        isDraining = true
        while table.waiting.first >= 0 {
            let slot = Int(table.waiting.first)
            deferredEnds.append((table.slots[slot].call, RPCStatus(.unavailable, reason, isUnprocessed: true)))
            table.release(slot)
        }
        scheduleTick()
    }

    /// Tells the owner what could not be said inside of its own calls. What it begins and is refused meanwhile is told
    /// with the next tick.
    func tellDeferred() {
        if mustTellRefusal {
            mustTellRefusal = false
            owner?.refusesNewCalls()
        }
        for _ in 0..<deferredEnds.count {
            guard let (call, status) = deferredEnds.popFirst() else { return }
            hasDelivered = true
            owner?.ended(call, status)
        }
        if !isInRead { completeRead() }
    }

    /// Tells the owner, if it got something, that this was all for now.
    func completeRead() {
        guard hasDelivered else { return }
        hasDelivered = false
        owner?.readCompleted()
    }

    // MARK: Connection

    /// Closes what the owner has closed, or what has drained.
    func finishIfDone() {
        switch phase {
        case .closing(let reason): lose(reason)
        case .open:
            guard isDraining, openCalls == 0 else { return }
            lose(goAwayReason ?? "the connection's stream ids are used up")
        case .opening, .closed: break
        }
    }

    /// Says what the server did wrong, to it and to the owner.
    func violated(_ violation: ProtocolViolation) {
        out.writeGoAway(violation.kind, reason: violation.reason)
        isReceiving = false
        flush()
        lose("\(HTTP2ErrorKind.name(of: violation.kind.rawValue)): \(violation.reason)")
    }

    /// The channel ended by itself.
    func channelEnded() {
        let ending = pending.readableBytes > 0 ? "in the middle of a frame" : "without a word"
        lose(goAwayReason ?? "the server closed the connection \(ending)")
    }

    /// The end: every call has ended when the owner is told.
    func lose(_ reason: String) {
        var reason = reason
        var opening: EventLoopPromise<RPCClientConnection>?
        switch phase {
        case .opening(let promise): opening = promise
        case .open: break
        case .closing(let earlier): reason = earlier
        case .closed: return
        }
        phase = .closed(reason: reason)
        isReceiving = false
        deferEnds(RPCStatus(.unavailable, reason))
        for timer in [keepAliveTimer, openingTimer, deadlineTimer] { timer?.cancel() }
        context?.close(promise: nil)
        context = nil
        opening?.fail(RPCStatus(.unavailable, reason, isUnprocessed: true))
        tellDeferred()
        completeRead()
        if opening == nil { owner?.closed(reason) }
    }

    // MARK: Timers

    func scheduleKeepAlive(at time: NIODeadline) {
        keepAliveTimer = eventLoop.assumeIsolated().scheduleTask(deadline: time) { self.keepAliveDue() }
    }

    private func keepAliveDue() {
        guard isReceiving else { return }
        guard owner != nil else { return close() }
        switch keepAlive.due(now: eventLoop.now, hasOpenCalls: openCalls > 0) {
        case .wait(let time): scheduleKeepAlive(at: time)
        case .ping(let time):
            out.writeFrameHead(.ping, streamID: 0, length: 8)
            out.writeInteger(UInt64(nextStreamID))
            flush()
            scheduleKeepAlive(at: time)
        case .dead: lose("no answer to a PING within \(limits.pingTimeoutSeconds) s")
        }
    }

    func setDeadline(of slot: Int, seconds: Double) {
        let deadline = eventLoop.now + .fraction(ofSeconds: max(0, seconds))
        table.slots[slot].deadline = deadline
        if deadline < nextDeadline { scheduleDeadline(deadline) }
    }

    private func scheduleDeadline(_ deadline: NIODeadline) {
        deadlineTimer?.cancel()
        nextDeadline = deadline
        deadlineTimer = eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { self.deadlineDue() }
    }

    /// Ends what is late. One timer serves all calls: it is set for the earliest deadline that was set, and looks through
    /// the calls when it fires, which is about once in the usual time a call is given.
    private func deadlineDue() {
        let now = eventLoop.now
        nextDeadline = .distantFuture
        var next = NIODeadline.distantFuture
        var late: [RPCCall] = []
        for slot in table.slots where slot.phase != .free {
            if slot.deadline <= now { late.append(slot.call) } else { next = min(next, slot.deadline) }
        }
        // Not for each call by itself where many are late one after the other.
        if next != .distantFuture { scheduleDeadline(max(next, now + .milliseconds(1))) }
        for call in late {
            guard let slot = table.slot(of: call) else { continue }
            let status = RPCStatus(
                .deadlineExceeded, "no end within the call's time", isUnprocessed: table.slots[slot].streamID == 0)
            if table.slots[slot].streamID == 0 { end(slot, status) } else { abort(slot, .cancel, status) }
        }
        completeRead()
        flush()
        finishIfDone()
    }
}

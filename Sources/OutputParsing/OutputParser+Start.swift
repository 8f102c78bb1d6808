/// Where an answer starts.
extension OutputParser {
    /// Acts as if the model had written what the prompt's end already holds of the answer.
    mutating func start(behind promptTail: [UInt8]) {
        let tail = promptTail.trimmed
        for marker in format.syntax.resumes where tail.ends(with: marker) {
            if format.syntax.channels?.opens.contains(where: { marker.bytes.starts(with: $0.bytes) }) == true {
                header = marker.bytes
                resumedBytes = marker.bytes.count
                mode = .header
            }
            return
        }
        guard let reasoning = format.syntax.reasoning else { return }
        if reasoning.closes.contains(where: tail.ends) {
            endReasoning()
            dropsSpace = true
        } else if !isForced, reasoning.opens.contains(where: tail.ends) {
            beginReasoning()
        }
    }
}

extension ArraySlice<UInt8> {
    /// Whether the text ends with a marker, white space at the marker's own end left aside.
    fileprivate func ends(with marker: Marker) -> Bool {
        reversed().starts(with: marker.bytes.trimmed.reversed())
    }
}

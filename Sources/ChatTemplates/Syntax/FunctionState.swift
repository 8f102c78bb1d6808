/// A function while its slots are given out.
final class FunctionState {
    var slotCount: Int32 = 0
    var isCaptured = false
}

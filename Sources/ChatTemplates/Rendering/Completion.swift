/// How a statement ended.
enum Completion {
    case normal
    case breakLoop
    case continueLoop
}

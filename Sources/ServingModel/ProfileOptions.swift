/// What a worker records of itself, and where it leaves that. What is nil or empty is the engine's choice.
package struct ProfileOptions: Sendable, Equatable {
    /// A folder on the worker's machine.
    package var outputDirectory: String?
    /// The engine's step to begin with.
    package var startStep: Int?
    /// Steps after which it ends by itself.
    package var stepCount: Int?
    /// Such as `CPU`, `GPU` and `MEM`.
    package var activities: [String] = []
    package var withStack: Bool?
    package var recordShapes: Bool?
    package var profilesByStage = false

    package init() {}
}

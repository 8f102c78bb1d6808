struct Loop {
    var target: Target
    var over: ExpressionID
    var test: ExpressionID?
    /// Where the test finds the item; the test may run ahead of the body.
    var testTarget: Target?
    /// The slot of the special variable `loop`, if the body mentions it.
    var loopSlot: Int32?
    var body: Scope
    var otherwise: Scope?
}

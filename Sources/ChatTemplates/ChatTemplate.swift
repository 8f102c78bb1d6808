/// A model's chat template, compiled once and rendered per request.
///
/// It is Jinja as Hugging Face Transformers runs it: Jinja2's immutable sandbox with `trim_blocks` and `lstrip_blocks`,
/// loop controls, the transparent tag `generation`, Transformers' `tojson`, `raise_exception` and `strftime_now`.
package struct ChatTemplate: Sendable {
    private let program: Program

    /// Compiles a template; throws an error of kind `syntax` that names the line.
    package init(source: String) throws(TemplateError) {
        program = try ScopeResolver.resolve(Parser.parse(source))
    }

    /// Renders the prompt for one request.
    ///
    /// Throws an error of kind `raised` when the template refuses the input, `runtime` where Jinja2 would fail, and
    /// `limitExceeded` when a limit is met. O(work of the template); allocates.
    package func render(
        _ context: TemplateContext, limits: TemplateLimits = .default
    ) throws(TemplateError) -> RenderedPrompt {
        var renderer = try Renderer(program: program, context: context, limits: limits)
        return try renderer.render()
    }
}

import OpenAIAPI
import ServingModel
import Testing

struct APIErrorTests {
    private static func text(_ error: APIError) -> String {
        var bytes: [UInt8] = []
        error.append(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func writesOpenAIsErrorObject() {
        #expect(
            Self.text(.modelNotFound(ModelID("a\"b")))
                == #"{"error":{"message":"The model 'a\"b' does not exist.","type":"invalid_request_error","#
                + #""param":"model","code":"model_not_found"}}"#)
        #expect(
            Self.text(.queueFull(limit: 8, retryAfterSeconds: 2))
                == #"{"error":{"message":"8 requests are already waiting; please retry later.","#
                + #""type":"rate_limit_error","param":null,"code":"queue_full"}}"#)
    }

    private static let engineCases: [(EngineError, Int, String?, String?, Int?)] = [
        (
            .invalid(field: "logit_bias", reason: "the vocabulary has no token 9"), 400, "invalid_value", "logit_bias",
            nil
        ),
        (.contextExceeded(promptTokens: 9, contextTokens: 8), 400, "context_length_exceeded", "messages", nil),
        (.queueFull(limit: 4), 429, "queue_full", nil, 3),
        (.deadlinePassed, 503, "deadline_passed", nil, 3),
        (.stopping, 503, "shutting_down", nil, 3),
        (.broken("secret"), 500, "server_error", nil, nil),
    ]

    @Test(arguments: engineCases)
    func mapsEngineErrors(_ error: EngineError, _ status: Int, _ code: String?, _ param: String?, _ retry: Int?) {
        let mapped = APIError(error, promptParam: "messages", completionTokens: nil, retryAfterSeconds: 3)
        #expect(mapped.status == status)
        #expect(mapped.code == code)
        #expect(mapped.param == param)
        #expect(mapped.retryAfterSeconds == retry)
        #expect(!mapped.message.contains("secret"))
    }

    @Test func givesBothNumbersOfAnExceededContext() {
        let error = EngineError.contextExceeded(promptTokens: 4000, contextTokens: 4096)
        #expect(
            APIError(error, promptParam: "prompt", completionTokens: 200, retryAfterSeconds: 1).message
                == "This model's maximum context length is 4096 tokens. However, you requested 4200 tokens "
                + "(4000 in the prompt, 200 in the completion). Please reduce the length of the prompt or completion.")
        let long = EngineError.contextExceeded(promptTokens: 5000, contextTokens: 4096)
        #expect(
            APIError(long, promptParam: "messages", completionTokens: 200, retryAfterSeconds: 1).message
                == "This model's maximum context length is 4096 tokens. However, your messages resulted "
                + "in 5000 tokens. Please reduce the length of the messages.")
    }

    @Test func bearsTheStatusOfTheEnvelope() {
        #expect(APIError.badRequest("No host.").status == 400)
        #expect(APIError.notFound(method: "GET", path: "/x").message == "Unknown request URL: GET /x.")
        #expect(
            APIError.methodNotAllowed(method: "PUT", path: "/v1/models", allowed: ["GET", "HEAD"]).message
                == "/v1/models does not allow PUT; it allows GET, HEAD.")
        #expect(APIError.requestTimeout.status == 408)
        #expect(APIError.bodyTooLarge(limitBytes: 10).status == 413)
        #expect(APIError.unsupportedMediaType("text/plain").status == 415)
        #expect(APIError.headerFieldsTooLarge(limitBytes: 10).status == 431)
        #expect(APIError.unavailable("The engine is starting.", retryAfterSeconds: 5).retryAfterSeconds == 5)
    }
}

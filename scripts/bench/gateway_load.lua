-- wrk's requests: chats with a long system prompt and each time another question. Environment: STREAM (true or false),
-- TOKENS, REPEATS (of the system prompt's sentence).
wrk.method = "POST"
wrk.headers["content-type"] = "application/json"
local sentence = "You answer questions about machines, precisely and briefly. "
local system = string.rep(sentence, tonumber(os.getenv("REPEATS")))
local before = '{"model":"bench","stream":' .. os.getenv("STREAM") .. ',"temperature":0,"max_tokens":' ..
  os.getenv("TOKENS") .. ',"messages":[{"role":"system","content":"' .. system ..
  '"},{"role":"user","content":"Question '
local number = 0
request = function()
  number = number + 1
  return wrk.format(nil, "/v1/chat/completions", nil, before .. number .. ': why is the sky blue?"}]}')
end

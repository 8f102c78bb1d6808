"""What must hold of requests that the engine computes together; see docs/decisions/0006."""

import concurrent.futures

COUNTRIES = (
    "France Germany Italy Spain Portugal Austria Poland Norway Sweden Finland Denmark Greece Turkey Egypt Kenya Chile "
    "Peru Brazil Mexico Canada Japan China India Nepal Iran Iraq Cuba Haiti Malta Ireland Wales Scotland").split()

# How far apart in log-probability two tokens may be that rounding makes change places.
NEARLY_TIED = 0.2


def ask(client, model, country):
    return client.chat.completions.create(
        model=model, messages=[{"role": "user", "content": f"Tell me about the capital of {country}."}],
        temperature=0, max_tokens=32, logprobs=True, top_logprobs=2).choices[0].logprobs.content


def parts_at_a_tie(together, alone):
    """Whether two token lists are equal up to a place where the two likeliest tokens were nearly tied."""
    for ours, theirs in zip(together, alone):
        if ours.token != theirs.token:
            likeliest = {top.token: top.logprob for top in theirs.top_logprobs}
            return ours.token in likeliest and theirs.logprob - likeliest[ours.token] < NEARLY_TIED
    return len(together) == len(alone)


def test_streams_together_say_what_each_says_alone(client, model):
    with concurrent.futures.ThreadPoolExecutor(len(COUNTRIES)) as pool:
        together = list(pool.map(lambda country: ask(client, model, country), COUNTRIES))
    alone = [ask(client, model, country) for country in COUNTRIES]
    same = sum([t.token for t in a] == [t.token for t in b] for a, b in zip(together, alone))
    assert all(parts_at_a_tie(a, b) for a, b in zip(together, alone))
    assert same >= len(COUNTRIES) * 3 // 4

import pytest

from engines import Engines, Gateway


@pytest.fixture(scope="session")
def engines():
    engines = Engines()
    yield engines
    engines.stop()


@pytest.fixture(scope="module")
def gateway_to():
    """Starts gateways for the tests of one file; each must leave cleanly."""
    gateways = []

    def start(worker, *arguments):
        gateways.append(Gateway(worker, *arguments))
        return gateways[-1]

    yield start
    for gateway in gateways:
        gateway.terminate()
    codes = [gateway.exit_code() for gateway in gateways]
    assert not any(codes), [gateway.text for gateway in gateways]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    gateway = item.funcargs.get("gateway")
    if report.failed and gateway:
        report.sections.append(("the gateway's last lines", "".join(gateway.log[-20:])))
    return report

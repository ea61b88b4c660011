"""moto, a stand-in for AWS, as tests have it: a server in this process, whose account is empty at first."""
import contextlib
import functools
import threading

import requests
from moto.dynamodb.responses import DynamoHandler
from moto.server import ThreadedMotoServer


def one_at_a_time(work):
    lock = threading.Lock()

    @functools.wraps(work)
    def alone(*arguments):
        with lock:
            return work(*arguments)

    return alone


# moto undoes a failed transaction by putting the tables back as they were before it, and with them what others have
# written since. DynamoDB's requests do not see one another's halves.
DynamoHandler.call_action = one_at_a_time(DynamoHandler.call_action)


@contextlib.contextmanager
def moto_server():
    """Its URL."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        url = f"http://{host}:{port}"
        # What it holds outlives a server: it is the process's.
        requests.post(f"{url}/moto-api/reset", timeout=10).raise_for_status()
        yield url
    finally:
        server.stop()

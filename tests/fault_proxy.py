"""Stands between a program and a service, and does to the program what networks and busy services do."""
import http.client
import http.server
import json
import threading
import urllib.parse


class Fault:
    """What becomes of one request. `meet` returns the answer (status, headers, body), or None where there is none.
    `request` has `method`, `path`, `headers` and `body`; `forward()` asks the service and gives its answer."""

    name = "none"

    def meet(self, request, forward):
        return forward()


class Refuse(Fault):
    """The service is not asked; the answer is this one."""

    def __init__(self, status, body=b"", name="refused", content_type="application/x-amz-json-1.0"):
        self.status, self.body, self.name, self.content_type = status, body, name, content_type

    def meet(self, request, forward):
        return self.status, [("Content-Type", self.content_type)], self.body


class LoseAnswer(Fault):
    """The service does what it is asked, and nobody hears of it."""

    name = "lost"

    def meet(self, request, forward):
        forward()


class FailAfterwards(Refuse):
    """The service does what it is asked, and answers with an error."""

    def __init__(self, *arguments):
        super().__init__(*arguments, name="failed")

    def meet(self, request, forward):
        forward()
        return super().meet(request, forward)


class Hang(Fault):
    """Nothing comes back until the client gives up, or the proxy is closed."""

    name = "hung"

    def __init__(self, proxy):
        self.proxy = proxy

    def meet(self, request, forward):
        self.proxy.closed.wait(120)


def refusal(code, status=400, name="throttled", **more):
    """As DynamoDB and EventBridge write it."""
    document = {"__type": f"com.amazonaws#{code}", "message": "made by the test"} | more
    return Refuse(status, json.dumps(document).encode(), name)


class FaultProxy:
    """Forwards to `target`. `plan(number, request)` says for each request, counted from 1, which Fault it meets, or
    None; it may be changed at any time."""

    def __init__(self, target, plan=lambda number, request: None):
        self.target = urllib.parse.urlsplit(target)
        self.plan = plan
        self.count = 0
        self.faults = {}  # How many of each name.
        self.closed = threading.Event()
        self._lock = threading.Lock()
        proxy = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # An answer in one packet, at once.
            wbufsize = -1
            disable_nagle_algorithm = True

            def handle_any(self):
                self.method = self.command
                self.body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                fault = proxy.fault_of(self)
                answer = fault.meet(self, lambda body=None: proxy.forward(self, body))
                if answer is None:
                    self.close_connection = True
                    return
                status, headers, body = answer
                self.send_response_only(status)
                for name, value in headers:
                    self.send_header(name, value)
                if not any(name.lower() == "content-length" for name, _ in headers):
                    self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = handle_any

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def fault_of(self, request):
        with self._lock:
            self.count += 1
            fault = self.plan(self.count, request)
            if fault is None:
                return Fault()
            self.faults[fault.name] = self.faults.get(fault.name, 0) + 1
            return fault

    def forward(self, request, body=None):
        """Asks the service, with `body` in place of the request's own."""
        body = request.body if body is None else body
        connection = http.client.HTTPConnection(self.target.hostname, self.target.port, timeout=60)
        try:
            connection.putrequest(request.method, request.path, skip_host=True, skip_accept_encoding=True)
            for name, value in request.headers.items():
                if name.lower() not in ("connection", "content-length"):
                    connection.putheader(name, value)
            connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            reply = connection.getresponse()
            content = reply.read()
            dropped = ("connection", "transfer-encoding") + (() if request.method == "HEAD" else ("content-length",))
            headers = [(name, value) for name, value in reply.getheaders() if name.lower() not in dropped]
            return reply.status, headers, content
        finally:
            connection.close()

    def close(self):
        self.closed.set()
        self._server.shutdown()
        self._server.server_close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

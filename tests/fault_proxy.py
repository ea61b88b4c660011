"""Stands between a program and a service, and breaks what a test says."""
import http.client
import http.server
import threading
import urllib.parse


class Fault:
    """What becomes of one request."""


class Refuse(Fault):
    """The service is not asked; the answer is this one."""

    def __init__(self, status, body=b"", content_type="application/x-amz-json-1.1"):
        self.status, self.body, self.content_type = status, body, content_type


class LoseAnswer(Fault):
    """The service does what it is asked, and nobody hears of it."""


class Hang(Fault):
    """Nothing comes back until the client gives up or the test ends."""


def throttled(error="ThrottlingException"):
    return Refuse(400, ('{"__type":"com.amazonaws#%s","message":"Rate exceeded"}' % error).encode())


class FaultProxy:
    """Forwards to `target`. `plan(number, request)` says for each request, counted from 1, which fault it meets, or
    None; `request` has `method`, `path`, `headers` and `body`."""

    def __init__(self, target, plan=lambda number, request: None):
        self.target = urllib.parse.urlsplit(target)
        self.plan = plan
        self.count = 0
        self.faults = 0
        self.requests = []  # (method, path, X-Amz-Target)
        self.released = threading.Event()
        self.lock = threading.Lock()
        proxy = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self):
                self.body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                self.method = self.command
                with proxy.lock:
                    proxy.count += 1
                    fault = proxy.plan(proxy.count, self)
                    proxy.faults += fault is not None
                    proxy.requests.append((self.command, self.path, self.headers.get("X-Amz-Target")))
                if isinstance(fault, Refuse):
                    self.answer(fault.status, [("Content-Type", fault.content_type)], fault.body)
                    return
                if isinstance(fault, Hang):
                    proxy.released.wait(120)
                    self.close_connection = True
                    return
                reply, content = proxy.forward(self)
                if isinstance(fault, LoseAnswer):
                    self.close_connection = True
                    return
                kept = [(name, value) for name, value in reply.getheaders()
                        if name.lower() not in ("connection", "transfer-encoding", "content-length")]
                length = reply.getheader("Content-Length")
                self.answer(reply.status, kept, content, length)

            do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = handle_any

            def answer(self, status, headers, content, length=None):
                self.send_response_only(status)
                for name, value in headers:
                    self.send_header(name, value)
                self.send_header("Content-Length", length if self.command == "HEAD" and length else str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def forward(self, request):
        connection = http.client.HTTPConnection(self.target.hostname, self.target.port, timeout=60)
        try:
            connection.putrequest(request.method, request.path, skip_host=True, skip_accept_encoding=True)
            for name, value in request.headers.items():
                if name.lower() != "connection":
                    connection.putheader(name, value)
            connection.endheaders(request.body)
            reply = connection.getresponse()
            return reply, reply.read()
        finally:
            connection.close()

    def close(self):
        self.released.set()
        self.server.shutdown()
        self.server.server_close()

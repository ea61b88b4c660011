"""Lambda's Runtime API, and a service that has nothing, as a function under measurement sees them."""
import contextlib
import json
import socket
import threading
import time


class Connection:
    """One HTTP/1.1 connection of a client; plain sockets, so that the client is measured and not this."""

    def __init__(self, sock):
        self.sock, self.buffer = sock, b""
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def request(self):
        """The next request's first line and body; None where the client has gone."""
        while b"\r\n\r\n" not in self.buffer:
            if not self._read():
                return None
        head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        lines = head.decode("latin-1").split("\r\n")
        fields = dict(line.lower().split(": ", 1) for line in lines[1:] if ": " in line)
        length = int(fields.get("content-length", 0))
        if fields.get("expect") == "100-continue":
            self.sock.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        while len(self.buffer) < length:
            if not self._read():
                return None
        body, self.buffer = self.buffer[:length], self.buffer[length:]
        return lines[0], body

    def answer(self, status, body=b"{}", fields=()):
        head = [f"HTTP/1.1 {status}", "Content-Type: application/json", f"Content-Length: {len(body)}", *fields]
        self.sock.sendall("\r\n".join(head).encode() + b"\r\n\r\n" + body)

    def close(self):
        self.sock.close()

    def _read(self):
        piece = self.sock.recv(65536)
        self.buffer += piece
        return bool(piece)


def listen():
    return socket.create_server(("127.0.0.1", 0), backlog=64)


class RuntimeApi:
    """Serves one runtime, in the thread of the caller."""

    def __init__(self):
        self.listener, self.connection, self.count = listen(), None, 0
        self.listener.settimeout(60)
        self.endpoint = f"127.0.0.1:{self.listener.getsockname()[1]}"

    def close(self):
        self.listener.close()
        if self.connection:
            self.connection.close()

    def poll(self):
        """Returns when the runtime asks for an event."""
        line, _ = self._request()
        if "/invocation/next" not in line:
            raise SystemExit(f"expected a poll, not {line}")

    def invoke(self, event):
        """Hands an event to a runtime that has polled, and returns its answer once it polls again."""
        self.count += 1
        deadline = int(time.time() * 1000) + 60_000
        self.connection.answer("200 OK", event, (
            f"Lambda-Runtime-Aws-Request-Id: 00000000-0000-4000-8000-{self.count:012}",
            f"Lambda-Runtime-Deadline-Ms: {deadline}",
            "Lambda-Runtime-Invoked-Function-Arn: arn:aws:lambda:us-east-1:000000000000:function:bench",
            "Lambda-Runtime-Trace-Id: Root=1-00000000-000000000000000000000000;Sampled=0"))
        line, body = self._request()
        if not line.startswith("POST") or "/response" not in line:
            raise SystemExit(f"the invocation failed: {line} {body.decode(errors='replace')[:500]}")
        self.connection.answer("202 Accepted", b'{"status":"OK"}')
        self.poll()
        return json.loads(body)

    def _request(self):
        while True:
            if self.connection is None:
                self.connection = Connection(self.listener.accept()[0])
            request = self.connection.request()
            if request:
                return request
            self.connection.close()
            self.connection = None


class EmptyService:
    """Answers every request with `{}`: a DynamoDB whose tables have no item."""

    def __init__(self):
        self.listener = listen()
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        self.listener.close()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=self._serve, args=(Connection(self.listener.accept()[0]),), daemon=True).start()

    def _serve(self, connection):
        with contextlib.suppress(OSError):
            while connection.request():
                connection.answer("200 OK")

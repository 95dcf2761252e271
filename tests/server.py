"""The server against tools that others wrote: schemathesis asks everything that the API describes and more, and a mail
sink gets what the server sends.

    python tests/server.py mail BINARY     exactly one mail for a reset, its token nowhere else (aiosmtpd)
    python tests/server.py api BINARY      no 5xx, no undocumented answer (schemathesis beside this interpreter)
"""

import http.client
import json
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import time

KEY = "00112233445566778899aabbccddeeff" * 2
PASSWORD = "copper Lantern 58 drifts"


class Server:
    """A server of its own, in a folder of its own, with one user who has a password."""

    def __init__(self, binary, **settings):
        self.binary, self.folder = str(pathlib.Path(binary).resolve()), tempfile.TemporaryDirectory()
        self.environment = {"HIPAA_KEK": KEY, "APP_MODE": "development", "APP_LISTEN": "127.0.0.1:0", **settings}
        self.run("tenant", "create", "North")
        made = self.run("user", "create", "--tenant", "North", "--login", "maria", "--name", "Maria Osei",
                        "--role", "CLINICIAN", "--json")
        self.log = open(self.path("server.log"), "wb")
        self.child = subprocess.Popen([self.binary, "serve"], cwd=self.folder.name, env=self.environment,
                                      stdout=subprocess.PIPE, stderr=self.log)
        self.port = int(self.child.stdout.readline().rsplit(b":", 1)[1])
        self.origin, self.cookies = f"http://localhost:{self.port}", {}
        token = json.loads(made)["activation"]
        assert self.ask("POST", "/api/auth/activate", token=token, password=PASSWORD) == 204
        assert self.ask("POST", "/api/auth/login", login="maria", password=PASSWORD) == 200

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def run(self, *arguments):
        command = [self.binary, *arguments]
        return subprocess.run(command, cwd=self.folder.name, env=self.environment, check=True, capture_output=True).stdout

    def ask(self, method, path, **body):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"content-type": "application/json", "origin": self.origin, "cookie": self.cookie()}
        connection.request(method, path, json.dumps(body), headers)
        answer = connection.getresponse()
        for line in answer.msg.get_all("set-cookie") or []:
            name, value = line.split(";")[0].split("=", 1)
            self.cookies[name] = value
        answer.read()
        return answer.status

    def cookie(self):
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items() if value)

    def end(self):
        self.child.terminate()
        code = self.child.wait(timeout=60)
        self.log.close()
        assert code == 0, f"the server ended with {code}"


def holding(folder, text):
    """The files of the run that hold a text."""
    files = [path for path in pathlib.Path(folder).rglob("*") if path.is_file()]
    return [path.name for path in files if text.encode() in path.read_bytes()]


def mail(binary):
    from aiosmtpd.controller import Controller

    class Sink:
        def __init__(self):
            self.mails = []

        async def handle_DATA(self, _server, _session, envelope):
            self.mails.append((envelope.rcpt_tos, envelope.content.decode()))
            return "250 taken"

    sink = Sink()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(sink, hostname="127.0.0.1", port=port, ready_timeout=30)
    controller.start()
    server = Server(binary, SMTP_RELAY=f"127.0.0.1:{port}")
    assert server.ask("PUT", "/api/account/contact", address="maria@example.org") == 204
    for login in ["maria", "nobody", "maria@example.org"]:
        assert server.ask("POST", "/api/auth/forgot-password", login=login) == 202
    end = time.monotonic() + 30
    resets = []
    while not resets and time.monotonic() < end:
        time.sleep(0.2)
        resets = [mail for mail in sink.mails if "/reset#" in mail[1]]
    time.sleep(6)
    resets = [mail for mail in sink.mails if "/reset#" in mail[1]]
    assert len(resets) == 1, f"{len(resets)} mails for one reset"
    to, text = resets[0]
    assert to == ["maria@example.org"], to
    assert "Osei" not in text and "North" not in text, "a mail names somebody"
    token = text.split("/reset#")[1].split()[0]
    assert server.ask("POST", "/api/auth/reset-password", token=token, password="violet Harbour 71 sleeps") == 204
    assert server.ask("POST", "/api/auth/reset-password", token=token, password="violet Harbour 72 sleeps") == 401
    server.end()
    controller.stop(no_assert=True)
    assert holding(server.folder.name, token) == [], "the token is in a file"
    print(f"mail: {len(sink.mails)} mails, one of them for a reset, its token in no file")


def api(binary):
    tool = pathlib.Path(sys.executable).with_name("schemathesis")
    checks = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
    examples = os.environ.get("SCHEMATHESIS_EXAMPLES", "15")
    for signed_in in [True, False]:
        server = Server(binary)
        command = [str(tool), "run", f"http://127.0.0.1:{server.port}/api/openapi.json", "--checks", checks,
                   "--max-examples", examples, "--seed", "1", "--phases", "examples,coverage,fuzzing",
                   "--generation-database", "none", "--request-timeout", "60", "-H", f"Origin: {server.origin}"]
        if signed_in:
            # It finds the id of its own session in the list, and ends it.
            command += ["-H", f"Cookie: {server.cookie()}", "--exclude-path", "/api/auth/logout",
                        "--exclude-path", "/api/account/sessions/{id}"]
        ran = subprocess.run(command, cwd=server.folder.name, capture_output=True, text=True)
        server.end()
        if ran.returncode != 0:
            print(ran.stdout[-8000:], ran.stderr[-2000:])
            sys.exit(1)
        print("\n".join(ran.stdout.strip().splitlines()[-int(os.environ.get("LINES_SHOWN", 12)):]))


if __name__ == "__main__":
    {"mail": mail, "api": api}[sys.argv[1]](sys.argv[2])

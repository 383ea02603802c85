"""A rollout of verifiers without a network: an agent that asks once, and a model that has one answer."""

import asyncio
import json
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import verifiers.v1 as vf

__all__ = ["AskOnce"]


class AskOnce(vf.Harness[vf.HarnessConfig]):
    """Sends the prompt and is done."""

    NEEDS_CONTAINER = False

    async def setup(self, runtime: vf.Runtime) -> None:
        pass

    async def launch(self, ctx, trace, runtime, endpoint, secret, mcp_urls, data) -> vf.ProgramResult:  # noqa: ARG002, PLR0913, PLR0917
        await asyncio.to_thread(_ask, f"{endpoint}/chat/completions", secret, data.prompt)
        return vf.ProgramResult(exit_code=0, stdout="", stderr="")


def roll_out(task: vf.Task, answer: str) -> vf.Trace:
    with _model(answer) as address:
        client = vf.EvalClientConfig(base_url=address, api_key_var="MODEL_KEY")
        harness = vf.HarnessConfig(id="ask_once")
        config = vf.AgentConfig(harness=harness, runtime=vf.SubprocessConfig(), model="model", client=client)
        return asyncio.run(vf.make_agent(config).run(task))


def _ask(url: str, secret: str, prompt: str) -> None:
    body = json.dumps({"model": "model", "messages": [{"role": "user", "content": prompt}]}).encode()
    headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
    with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=60) as said:  # noqa: S310
        said.read()


@contextmanager
def _model(answer: str) -> Iterator[str]:
    """The address of a server on this machine that answers as a chat model does."""
    message = {"role": "assistant", "content": answer}
    choice = {"index": 0, "finish_reason": "stop", "message": message}
    said = {"id": "1", "object": "chat.completion", "created": 1, "model": "model", "choices": [choice]}

    class Model(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(said).encode())

        def log_message(self, *_: Any) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Model) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/v1"
        server.shutdown()

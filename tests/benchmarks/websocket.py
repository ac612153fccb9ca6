"""A visitor without a browser: opens a page over the websocket and times its reruns."""

import time
from dataclasses import dataclass, field
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

PATIENCE = 60.0


@dataclass
class Visitor:
    """One open page.

    `sliders` maps the label of each slider to its widget id, `drawn` holds the kinds of the
    elements that the last run drew.
    """

    port: int
    page: str
    query: str = ""
    sliders: dict[str, str] = field(default_factory=dict)
    drawn: list[str] = field(default_factory=list)
    socket: ClientConnection | None = None

    def open(self) -> float:
        """Open the page and return the seconds until its script had finished."""
        start = time.perf_counter()
        self.socket = connect(
            f"ws://localhost:{self.port}/_stcore/stream",
            subprotocols=[Subprotocol("streamlit")],
            origin=Origin(f"http://localhost:{self.port}"),
            max_size=None,
            compression=None,
        )
        message = BackMsg()
        message.rerun_script.query_string = self.query
        message.rerun_script.page_name = self.page
        self._send(message)
        return time.perf_counter() - start

    def rerun(self, slider: str | None = None, value: float = 0.0) -> float:
        """Run the page again, perhaps with a slider moved; return the seconds it took."""
        message = BackMsg()
        message.rerun_script.query_string = self.query
        message.rerun_script.page_name = self.page
        if slider:
            widget = message.rerun_script.widget_states.widgets.add()
            widget.id = self.sliders[slider]
            widget.double_array_value.data.append(value)
        start = time.perf_counter()
        self._send(message)
        return time.perf_counter() - start

    def _send(self, message: Any) -> None:
        if self.socket is None:
            raise RuntimeError
        self.socket.send(message.SerializeToString())
        self.drawn = []
        while True:
            answer = ForwardMsg()
            answer.ParseFromString(self.socket.recv(timeout=PATIENCE))
            kind = answer.WhichOneof("type")
            element = answer.delta.new_element
            if kind == "delta" and (drawn := element.WhichOneof("type")):
                self.drawn.append(drawn)
                if drawn == "slider":
                    self.sliders[element.slider.label] = element.slider.id
            if kind == "script_finished":
                return

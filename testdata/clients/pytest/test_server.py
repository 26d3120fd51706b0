"""The built server against a client that others wrote: every message goes through
the types of the protocol's own metamodel, with the capabilities that real editors
send."""

import asyncio
import json
import os
import random

import pytest
import pytest_lsp
from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException, JsonRpcMethodNotFound
from pygls.protocol import default_converter
from pytest_lsp import ClientServerConfig, LanguageClient, client_capabilities
from pytest_lsp.client import DEFAULT_CLIENT_FEATURES, register_lsp_features

SERVER = os.environ["REACTORLS"]

MANIFEST = """\
[package]
name = "demo"
version = "0.1.0"
edition = "2024"

[dependencies]
tokio = { version = "1", features = ["full"] }
"""
SOURCE = """\
#[tokio::main]
async fn main() {
    tokio::time::sleep(std::time::Duration::ZERO).await;
}
"""
FIXED = MANIFEST.replace('"full"', '"macros", "rt-multi-thread", "time"')


def make_client():
    """A client that keeps all that is published, versions too."""

    def publish(client: LanguageClient, params: lsp.PublishDiagnosticsParams):
        client.published.append(params)

    def register(client: LanguageClient, params: lsp.RegistrationParams):
        client.registered += params.registrations

    client = LanguageClient(converter_factory=default_converter)
    client.published = []
    client.registered = []
    register_lsp_features(
        client,
        DEFAULT_CLIENT_FEATURES
        | {lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS: publish, lsp.CLIENT_REGISTER_CAPABILITY: register},
    )
    return client


@pytest_lsp.fixture(
    params=["neovim", "visual-studio-code", "emacs"],
    config=ClientServerConfig(client_factory=make_client, server_command=[SERVER, "--stdio", "--log-level", "info"]),
)
async def client(request, lsp_client: LanguageClient, tmp_path):
    (tmp_path / "src").mkdir()
    (tmp_path / "src/main.rs").write_text(SOURCE)
    (tmp_path / "Cargo.toml").write_text(MANIFEST)
    lsp_client.uri = (tmp_path / "Cargo.toml").as_uri()
    lsp_client.takes = client_capabilities(request.param)
    lsp_client.result = await lsp_client.initialize_session(
        lsp.InitializeParams(
            process_id=os.getpid(),
            capabilities=lsp_client.takes,
            root_uri=tmp_path.as_uri(),
            workspace_folders=[lsp.WorkspaceFolder(uri=tmp_path.as_uri(), name="demo")],
        )
    )
    yield
    if lsp_client.stopped:
        return
    await lsp_client.shutdown_session()
    assert lsp_client._server.returncode == 0


def open_document(client, uri, text):
    client.text_document_did_open(
        lsp.DidOpenTextDocumentParams(lsp.TextDocumentItem(uri=uri, language_id="toml", version=0, text=text))
    )


def change(client, uri, version, *changes):
    client.text_document_did_change(
        lsp.DidChangeTextDocumentParams(lsp.VersionedTextDocumentIdentifier(uri=uri, version=version), list(changes))
    )


def whole(text):
    return lsp.TextDocumentContentChangeWholeDocument(text=text)


async def diagnostics(client, uri, version):
    """What the server says of a version; it must say something of each one that stays."""
    while True:
        for params in client.published:
            assert params.version is None or params.version <= version or params.uri != uri
            if params.uri == uri and params.version == version:
                return list(params.diagnostics)
        await asyncio.sleep(0.005)


def apply(text, edit: lsp.WorkspaceEdit, uri, version, encoding):
    """The text after an edit, which must be for this document and version."""
    edits = []
    for c in edit.document_changes or []:
        assert (c.text_document.uri, c.text_document.version) == (uri, version)
        edits += c.edits
    for u, es in (edit.changes or {}).items():
        assert u == uri
        edits += es
    assert edits
    lines = text.splitlines(keepends=True)

    def offset(p: lsp.Position):
        line = lines[p.line] if p.line < len(lines) else ""
        units = line.encode("utf-16-le" if encoding == "utf-16" else encoding)
        size = 2 if encoding == "utf-16" else 1
        before = units[: p.character * size].decode("utf-16-le" if encoding == "utf-16" else encoding)
        return sum(map(len, lines[: p.line])) + len(before)

    for e in sorted(edits, key=lambda e: offset(e.range.start), reverse=True):
        text = text[: offset(e.range.start)] + e.new_text + text[offset(e.range.end) :]
    return text


def encoding(client):
    return (client.result.capabilities.position_encoding or "utf-16").lower()


async def code_actions(client, uri, found, only=None):
    return await client.text_document_code_action_async(
        lsp.CodeActionParams(
            text_document=lsp.TextDocumentIdentifier(uri=uri),
            range=found[0].range,
            context=lsp.CodeActionContext(diagnostics=found, only=only),
        )
    )


@pytest.mark.parametrize("only", [None, ["quickfix"], ["source.fixAll"]])
async def test_mend(client: LanguageClient, only):
    """Diagnostic, action, edit, no diagnostic; then shutdown and exit code 0."""
    assert client.result.server_info.name == "reactorls"
    uri = client.uri
    open_document(client, uri, MANIFEST)
    found = await diagnostics(client, uri, 0)
    assert [d.code for d in found] == ["unused-feature"]
    assert found[0].source == "reactorls"
    assert found[0].severity == lsp.DiagnosticSeverity.Warning
    assert found[0].range == lsp.Range(lsp.Position(6, 37), lsp.Position(6, 43))
    (action,) = await code_actions(client, uri, found, only)
    assert action.kind == ("source.fixAll.reactorls" if only == ["source.fixAll"] else "quickfix")
    if action.edit is None:  # computed when it is chosen, for who can ask for it
        assert "edit" in client.takes.text_document.code_action.resolve_support.properties
        action = await client.code_action_resolve_async(action)
    text = apply(MANIFEST, action.edit, uri, 0, encoding(client))
    assert text == FIXED
    change(client, uri, 1, whole(text))
    assert await diagnostics(client, uri, 1) == []
    client.text_document_did_close(lsp.DidCloseTextDocumentParams(lsp.TextDocumentIdentifier(uri=uri)))


async def test_watch(client: LanguageClient):
    """Who can be asked to watch files is, and then what it reports counts."""
    takes = client.takes.workspace and client.takes.workspace.did_change_watched_files
    if not (takes and takes.dynamic_registration):
        assert not client.registered
        return
    while lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES not in [r.method for r in client.registered]:
        await asyncio.sleep(0.005)
    open_document(client, client.uri, MANIFEST)
    assert len(await diagnostics(client, client.uri, 0)) == 1
    source = client.uri.replace("Cargo.toml", "src/main.rs")
    with open(source.removeprefix("file://"), "w") as f:
        f.write("fn main() {}")
    client.published.clear()
    client.workspace_did_change_watched_files(
        lsp.DidChangeWatchedFilesParams([lsp.FileEvent(source, lsp.FileChangeType.Changed)])
    )
    (found,) = await diagnostics(client, client.uri, 0)
    assert found.code == "unused-runtime"


async def test_hover(client: LanguageClient):
    uri = client.uri
    open_document(client, uri, "# 𝄞 é\n" + MANIFEST)
    hover = await client.text_document_hover_async(
        lsp.HoverParams(lsp.TextDocumentIdentifier(uri=uri), lsp.Position(7, 2))
    )
    assert hover.contents.value.lstrip("*").startswith("tokio 1.")
    assert hover.range == lsp.Range(lsp.Position(7, 0), lsp.Position(7, 5))
    nothing = await client.text_document_hover_async(
        lsp.HoverParams(lsp.TextDocumentIdentifier(uri=uri), lsp.Position(9999, 9999))
    )
    assert nothing is None


async def test_hover_code(client: LanguageClient):
    uri = client.uri.replace("Cargo.toml", "src/main.rs")
    open_document(client, uri, "// 𝄞 é\n" + SOURCE)
    hover = await client.text_document_hover_async(
        lsp.HoverParams(lsp.TextDocumentIdentifier(uri=uri), lsp.Position(1, 5))
    )
    assert "Here: multi-thread · workers: available parallelism, or" in hover.contents.value
    assert hover.range == lsp.Range(lsp.Position(1, 2), lsp.Position(1, 13))


async def test_completion(client: LanguageClient):
    """What the code needs comes first, in the form that the client takes."""
    uri = client.uri
    text = MANIFEST.replace('"full"', '"𝄞", "t')
    open_document(client, uri, text)
    line = text.split("\n")[6]
    at = line.index('"t') + 2
    at = len(line[:at].encode("utf-16-le")) // 2 if encoding(client) == "utf-16" else len(line[:at].encode())
    items = await client.text_document_completion_async(
        lsp.CompletionParams(lsp.TextDocumentIdentifier(uri=uri), lsp.Position(6, at))
    )
    items.sort(key=lambda i: i.sort_text)
    assert [i.label for i in items[:4]] == ["macros", "rt", "rt-multi-thread", "time"]
    assert items[3].detail == "used by this package in 1 place"
    takes = client.takes.text_document.completion.completion_item
    assert isinstance(items[3].text_edit, lsp.InsertReplaceEdit) == bool(takes.insert_replace_support)
    assert items[3].documentation.kind in (takes.documentation_format or ["plaintext"])
    edit = items[3].text_edit
    replaced = edit.replace if isinstance(edit, lsp.InsertReplaceEdit) else edit.range
    assert (replaced.start.character, edit.new_text) == (at - 1, "time")


async def test_lens_and_places(client: LanguageClient):
    uri, source = client.uri, client.uri.replace("Cargo.toml", "src/main.rs")
    text = MANIFEST.replace('"full"', '"time"')
    open_document(client, uri, text)
    (lens,) = await client.text_document_code_lens_async(lsp.CodeLensParams(lsp.TextDocumentIdentifier(uri=uri)))
    assert lens.command.title == "uses 1 of 1 feature" and lens.command.command == ""
    assert lens.range == lsp.Range(lsp.Position(6, 0), lsp.Position(6, 5))
    (lens,) = await client.text_document_code_lens_async(lsp.CodeLensParams(lsp.TextDocumentIdentifier(uri=source)))
    assert lens.command.title.startswith("multi-thread · workers: available parallelism")
    params = lsp.Position(6, text.split("\n")[6].index("time"))
    found = await client.text_document_definition_async(
        lsp.DefinitionParams(lsp.TextDocumentIdentifier(uri=uri), params)
    )
    assert [(place.uri, place.range.start.line) for place in found] == [(source, 2)]
    found = await client.text_document_references_async(
        lsp.ReferenceParams(lsp.ReferenceContext(include_declaration=True), lsp.TextDocumentIdentifier(uri=uri), params)
    )
    assert [place.uri for place in found] == [uri, source]
    assert not client.result.capabilities.inlay_hint_provider


async def test_rapid_edits(client: LanguageClient):
    """Edits arrive in their order: the final diagnostic repeats the final text."""
    uri, prefix = client.uri, 'description = "𝄞" # reactorls: allow('
    head = '[package]\nname = "demo"\nversion = "0.1.0"\n'
    word = ""
    open_document(client, uri, head + prefix + word + ")\n")
    count, dice = 5000, random.Random(1)
    line = head.count("\n")
    start = len(prefix.encode("utf-16-le")) // 2 if encoding(client) == "utf-16" else len(prefix.encode())
    assert encoding(client) in ("utf-16", "utf-8")
    for version in range(1, count + 1):
        at = dice.randrange(len(word) + 1)
        end = min(len(word), at + dice.randrange(3))
        new = dice.choice("abcdefghij") * dice.randrange(1, 3) if len(word) < 40 else ""
        word = word[:at] + new + word[end:]
        change(
            client,
            uri,
            version,
            lsp.TextDocumentContentChangePartial(
                range=lsp.Range(lsp.Position(line, start + at), lsp.Position(line, start + end)), text=new
            ),
        )
        if version % 100 == 0:
            await asyncio.sleep(0)  # read what the server says
    found = await diagnostics(client, uri, count)
    assert [d.message.split("`")[1] for d in found] == [word]
    versions = [p.version for p in client.published if p.uri == uri and p.version is not None]
    assert versions == sorted(versions)


async def test_nonsense(client: LanguageClient):
    """What the client should not have said changes nothing for what it says next."""
    uri = client.uri
    open_document(client, uri, MANIFEST)
    client.protocol.notify("$/nope", {})
    client.protocol.notify("reactor/nope", {"x": 1})
    for method, params in (
        ("textDocument/didChange", {"textDocument": 7}),
        ("textDocument/didOpen", None),
        ("textDocument/hover", {}),
        ("$/cancelRequest", {"id": "never was"}),
        ("$/cancelRequest", []),
    ):
        # Past the client, which sends nothing of the kind.
        body = json.dumps({"jsonrpc": "2.0", "method": method, "params": params}).encode()
        client._server.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
    change(client, "untitled:Untitled-1", 1, whole("never opened"))
    for odd in ("untitled:Cargo.toml", "file:///c%3A/Users/a%20b/Cargo.toml", "git:/x/Cargo.toml?%7B%7D", ""):
        open_document(client, odd, MANIFEST)
        change(client, odd, 1, whole(""))
        client.text_document_did_close(lsp.DidCloseTextDocumentParams(lsp.TextDocumentIdentifier(uri=odd)))
    with pytest.raises(JsonRpcMethodNotFound):
        await client.protocol.send_request_async("reactor/nope", {})
    with pytest.raises(JsonRpcException):
        await client.initialize_async(lsp.InitializeParams(capabilities=lsp.ClientCapabilities()))
    assert [d.code for d in await diagnostics(client, uri, 0)] == ["unused-feature"]


async def test_cancel_storm(client: LanguageClient):
    uri = client.uri
    open_document(client, uri, MANIFEST)
    found = await diagnostics(client, uri, 0)
    params = lsp.CodeActionParams(
        lsp.TextDocumentIdentifier(uri=uri), found[0].range, lsp.CodeActionContext(diagnostics=found)
    )
    requests = []
    for version in range(1, 301):
        change(client, uri, version, whole(MANIFEST + "#" * version))
        requests.append(client.protocol.send_request("textDocument/codeAction", params, msg_id=f"storm {version}"))
        if version % 2:
            client.cancel_request(lsp.CancelParams(id=f"storm {version}"))
    for answer in await asyncio.gather(*map(asyncio.wrap_future, requests), return_exceptions=True):
        assert isinstance(answer, tuple | list) or answer.code == -32800, answer
    assert [d.code for d in await diagnostics(client, uri, 300)] == ["unused-feature"]


async def test_vanish(client: LanguageClient):
    """The client goes without a word; the server goes too, with an error."""
    client._server.stdin.close()
    await asyncio.wait_for(client._server.wait(), 10)
    assert client._server.returncode == 1

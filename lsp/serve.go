// Package lsp is the protocol edge: it keeps the engine's session in step with an
// editor and puts what the engine and the rules know into the editor's terms.
// Nothing below it knows the protocol.
package lsp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"strings"

	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
	"go.uber.org/zap"
)

// codec is protocol's JSON, which knows the union types of the protocol.
type codec struct{}

func (codec) Marshal(v any) ([]byte, error)   { return protocol.Marshal(v) }
func (codec) Unmarshal(b []byte, v any) error { return protocol.Unmarshal(b, v) }

// duplex joins what the server reads and what it writes.
type duplex struct {
	io.ReadCloser
	io.Writer
}

// tolerant answers what is no message of JSON-RPC with an error and reads on, as
// long as the frames can be told apart; the stream alone would end there.
type tolerant struct{ jsonrpc2.Stream }

func (t tolerant) Read(ctx context.Context) (jsonrpc2.Message, int64, error) {
	for {
		message, n, err := t.Stream.Read(ctx)
		coded := (*jsonrpc2.Error)(nil)
		if !errors.As(err, &coded) {
			return message, n, err
		}
		// Not here: a client that does not listen must not stop the reading.
		go t.Write(ctx, jsonrpc2.NewResponse(jsonrpc2.ID{}, nil, coded)) //nolint:errcheck // there is nobody to tell
	}
}

// Serve speaks the protocol over in and out until the client says exit or goes
// away, and returns the exit code: 0 when it was asked to shut down before.
//
// The caller must end the process with it: the reader of in may still be
// waiting, and so may a writer to out, when the client does not read.
func Serve(ctx context.Context, in io.ReadCloser, out io.Writer, log *zap.Logger, tools Tools) int {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	conn := jsonrpc2.NewConn(tolerant{jsonrpc2.NewStream(duplex{in, out})}, jsonrpc2.WithCodec(codec{}))
	s := newServer(ctx, protocol.ClientDispatcher(conn), log, tools)
	conn.Go(ctx, guard(log, s.gate(order(s.trace(spelled(protocol.ServerHandler(s, nil)))))))
	select {
	case <-s.exit:
	case <-conn.Done():
		if err := conn.Err(); err != nil {
			log.Error("connection", zap.Error(err))
		}
	case <-ctx.Done():
	}
	if s.state.Load() != stateShutdown {
		return 1
	}
	return 0
}

// order handles notifications, and the requests that begin and end the session,
// in the order of the wire, so that edits apply as they were made and nothing
// depends on whether the client waits for an answer. Each other request goes on
// beside them and can be cancelled; it takes its snapshot when it starts.
func order(next jsonrpc2.Handler) jsonrpc2.Handler {
	concurrent := protocol.CancelHandler(func(ctx context.Context, req *jsonrpc2.Request) (any, error) {
		if req.IsCall() {
			jsonrpc2.Async(ctx)
		}
		return next(ctx, req)
	})
	return func(ctx context.Context, req *jsonrpc2.Request) (any, error) {
		// CancelHandler would keep the context of a call that does not go async,
		// and the connection uses that again.
		if method := req.Method(); method == "initialize" || method == "shutdown" {
			return next(ctx, req)
		}
		return concurrent(ctx, req)
	}
}

// guard keeps one bad message from ending the session: panics are caught, an
// error of a notification is logged and not returned, for the connection would
// close on it, and errors without a code get the one that fits.
func guard(log *zap.Logger, next jsonrpc2.Handler) jsonrpc2.Handler {
	return func(ctx context.Context, req *jsonrpc2.Request) (result any, err error) {
		method := strings.Clone(req.Method())
		defer func() {
			if r := recover(); r != nil {
				log.Error("panic", zap.String("method", method), zap.Any("panic", r), zap.ByteString("stack", debug.Stack()))
				err = fmt.Errorf("%s failed: %v", method, r)
			}
			switch coded := (*jsonrpc2.Error)(nil); {
			case err == nil:
			case !req.IsCall():
				level := zap.WarnLevel
				if strings.HasPrefix(method, "$/") || errors.Is(err, jsonrpc2.ErrMethodNotFound) {
					level = zap.DebugLevel // may be ignored, says the protocol
				}
				log.Log(level, "notification", zap.String("method", method), zap.Error(err))
				err = nil
			case errors.Is(err, context.Canceled):
				err = protocol.ErrRequestCancelled
			case errors.Is(err, jsonrpc2.ErrParse): // of the parameters: the message itself was read
				err = jsonrpc2.NewError(jsonrpc2.InvalidParams, err.Error())
			case !errors.As(err, &coded):
				err = jsonrpc2.NewError(jsonrpc2.InternalError, err.Error())
			}
		}()
		return next(ctx, req)
	}
}

// gate refuses requests before initialize and after shutdown, as the protocol
// asks.
func (s *server) gate(next jsonrpc2.Handler) jsonrpc2.Handler {
	return func(ctx context.Context, req *jsonrpc2.Request) (any, error) {
		state, method := s.state.Load(), req.Method()
		var refusal error
		switch {
		case method == "exit":
		case state == stateShutdown:
			refusal = jsonrpc2.NewError(jsonrpc2.InvalidRequest, "the server is shutting down")
		case state == stateNew && method != "initialize":
			refusal = jsonrpc2.NewError(jsonrpc2.ServerNotInitialized, "initialize comes first")
		case state != stateNew && method == "initialize":
			refusal = jsonrpc2.NewError(jsonrpc2.InvalidRequest, "already initialized")
		}
		if refusal == nil {
			return next(ctx, req)
		}
		if req.IsCall() {
			jsonrpc2.Async(ctx) // a client that does not listen must not stop the reading
		}
		return nil, refusal
	}
}

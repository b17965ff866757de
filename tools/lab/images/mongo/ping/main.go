// lucid-ping asks a server that speaks the MongoDB protocol for a ping and ends with 0 when it answers ok.
// It needs no user: ping goes without. Usage: lucid-ping [host:port]
package main

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"net"
	"os"
	"time"
)

const (
	timeout = 5 * time.Second
	opMsg   = 2013
	// More than any answer to a ping; a length beyond it is somebody else's protocol.
	longest = 64 << 10
)

func cstring(text string) []byte { return append([]byte(text), 0) }

// document is {ping: 1, $db: "admin"} in BSON: int32 is type 0x10, string 0x02 with its length and a zero.
func document() []byte {
	body := append([]byte{0x10}, cstring("ping")...)
	body = binary.LittleEndian.AppendUint32(body, 1)
	body = append(append(body, 0x02), cstring("$db")...)
	body = binary.LittleEndian.AppendUint32(body, uint32(len("admin")+1))
	body = append(append(body, cstring("admin")...), 0)
	return append(binary.LittleEndian.AppendUint32(nil, uint32(len(body)+4)), body...)
}

// message is an OP_MSG: header (length, request id, response to, opcode), flags, section kind 0, document.
func message(document []byte) []byte {
	var out []byte
	for _, field := range []uint32{uint32(16 + 4 + 1 + len(document)), 1, 0, opMsg, 0} {
		out = binary.LittleEndian.AppendUint32(out, field)
	}
	return append(append(out, 0), document...)
}

// succeeded looks for the double `ok: 1` among the fields of the answer.
func succeeded(answer []byte) bool {
	ok := append([]byte{0x01}, cstring("ok")...)
	ok = binary.LittleEndian.AppendUint64(ok, math.Float64bits(1))
	for at := 0; at+len(ok) <= len(answer); at++ {
		if string(answer[at:at+len(ok)]) == string(ok) {
			return true
		}
	}
	return false
}

func ping(address string) error {
	conn, err := net.DialTimeout("tcp", address, timeout)
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(timeout)); err != nil {
		return err
	}
	if _, err := conn.Write(message(document())); err != nil {
		return err
	}
	var header [16]byte
	if _, err := io.ReadFull(conn, header[:]); err != nil {
		return err
	}
	length := binary.LittleEndian.Uint32(header[:4])
	if length < 16 || length > longest {
		return fmt.Errorf("%s does not speak the MongoDB protocol", address)
	}
	answer := make([]byte, length-16)
	if _, err := io.ReadFull(conn, answer); err != nil {
		return err
	}
	if !succeeded(answer) {
		return fmt.Errorf("%s answers, but not ok", address)
	}
	return nil
}

func main() {
	address := "127.0.0.1:27017"
	if len(os.Args) > 1 {
		address = os.Args[1]
	}
	if err := ping(address); err != nil {
		fmt.Fprintln(os.Stderr, "lucid-ping:", err)
		os.Exit(1)
	}
}

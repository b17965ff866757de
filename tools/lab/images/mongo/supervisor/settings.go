package main

import (
	"fmt"
	"net"
	"os"
	"strings"
)

type usageError string

func (e usageError) Error() string { return string(e) }

type settings struct {
	user, password string
	listen         string
}

func (s settings) authenticates() bool { return s.user != "" }

// secret reads NAME, or the file that NAME_FILE names; both at once is a mistake.
func secret(name string) (string, error) {
	value, path := os.Getenv(name), os.Getenv(name+"_FILE")
	if path == "" {
		return value, nil
	}
	if value != "" {
		return "", usageError(fmt.Sprintf("%s and %s_FILE are both set", name, name))
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return "", usageError(fmt.Sprintf("%s_FILE: %v", name, err))
	}
	return strings.TrimRight(string(text), "\r\n"), nil
}

// Options of mongod that say nothing to this server, with the number of values they take.
var ignored = map[string]int{
	"--auth": 0, "--quiet": 0, "--wiredTigerCacheSizeGB": 1, "--dbpath": 1, "--setParameter": 1, "--maxConns": 1,
}

// readSettings reads the options of mongod that mean something here and refuses those that would be a lie,
// such as --replSet: a caller that asks for a replica set must not get a single server.
func readSettings(args []string) (settings, error) {
	host, port := "", "27017"
	if len(args) > 0 && args[0] == "mongod" {
		args = args[1:]
	}
	for len(args) > 0 {
		name, value, joined := strings.Cut(args[0], "=")
		args = args[1:]
		take := func() string {
			if !joined && len(args) > 0 {
				value, args = args[0], args[1:]
			}
			return value
		}
		values, known := ignored[name]
		switch {
		case known && values == 1:
			take()
		case known:
		case name == "--port":
			port = take()
		case name == "--bind_ip":
			host = strings.Split(take(), ",")[0]
		case name == "--bind_ip_all":
			host = ""
		default:
			return settings{}, usageError(name + ": this server (FerretDB) has no such option of mongod")
		}
	}
	user, err := secret("MONGO_INITDB_ROOT_USERNAME")
	if err != nil {
		return settings{}, err
	}
	password, err := secret("MONGO_INITDB_ROOT_PASSWORD")
	if err != nil {
		return settings{}, err
	}
	if (user == "") != (password == "") {
		return settings{}, usageError("MONGO_INITDB_ROOT_USERNAME and MONGO_INITDB_ROOT_PASSWORD belong together")
	}
	return settings{user: user, password: password, listen: net.JoinHostPort(host, port)}, nil
}

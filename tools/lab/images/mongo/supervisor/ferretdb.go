package main

import "net/url"

func startFerretdb(store *store, settings settings) (*child, error) {
	postgres := url.URL{Scheme: "postgres", User: url.User("postgres"), Path: "/postgres"}
	postgres.RawQuery = url.Values{"host": {store.sockets}}.Encode()
	args := []string{
		"--listen-addr=" + settings.listen,
		"--postgresql-url=" + postgres.String(),
		"--state-dir=" + store.state,
		"--debug-addr=-",
		"--telemetry=disable",
		"--log-level=WARN",
	}
	if !settings.authenticates() {
		args = append(args, "--no-auth")
	}
	return startChild(command("/usr/local/bin/ferretdb", args...), "FerretDB")
}

# Stands in for gcr.io/distroless/nodejs24-debian12:nonroot where no registry answers: Node, the libraries it is linked
# with, certificates, time zones and the user's name. Node is where the original has it. No shell, no package manager.
FROM scratch
ADD layer.tar /
ENV PATH=/nodejs/bin SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt
USER 65534:65534
WORKDIR /
ENTRYPOINT ["/nodejs/bin/node"]
ARG INPUTS
LABEL io.github.hamigames.lucid.inputs=${INPUTS}

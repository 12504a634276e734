# One static binary on a distroless image, not as root.
FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags='-s -w' -o /saebaan ./cmd/saebaan && mkdir /data

FROM gcr.io/distroless/static-debian12:nonroot
COPY --from=build /saebaan /saebaan
COPY --from=build --chown=65532:65532 /data /data
USER 65532:65532
VOLUME /data
EXPOSE 8080
ENTRYPOINT ["/saebaan"]
CMD ["serve", "--data", "/data", "--addr", "0.0.0.0:8080"]

# syntax=docker/dockerfile:1
# Two stages: wheels by hash, then a small image without compilers, pip caches or Node. Checked by tests/ops.
ARG PYTHON=3.13

FROM python:${PYTHON}-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /build
RUN python -m venv /opt/aios
# What the server needs with all extras, and what builds its wheel: by version and hash, never from a source.
COPY requirements-image.txt requirements-build.txt ./
RUN /opt/aios/bin/pip install --require-hashes --only-binary=:all: --requirement requirements-image.txt \
 && python -m venv /opt/build \
 && /opt/build/bin/pip install --require-hashes --only-binary=:all: --requirement requirements-build.txt
COPY pyproject.toml README.md LICENSE ./
COPY migrations ./migrations
COPY aios ./aios
RUN /opt/build/bin/pip wheel --no-deps --no-build-isolation --wheel-dir /build/dist . \
 && /opt/aios/bin/pip install --no-deps /build/dist/aios-*.whl
RUN /opt/aios/bin/python -m compileall -q /opt/aios

FROM python:${PYTHON}-slim-bookworm
LABEL org.opencontainers.image.title="AIOS" org.opencontainers.image.licenses="MIT"
# Its own user; the root file system may be read-only: everything that is kept is in /data.
RUN useradd --uid 10001 --user-group --home-dir /data --shell /usr/sbin/nologin aios \
 && install --directory --owner=aios --group=aios --mode=0700 /data /backups
COPY --from=build /opt/aios /opt/aios
ENV PATH=/opt/aios/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    AIOS_ENV=production \
    AIOS_DATA_DIR=/data \
    HOST=0.0.0.0 \
    PORT=8080
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
  CMD ["python", "-c", "import os, urllib.request as u; u.urlopen('http://127.0.0.1:' + os.environ['PORT'] + '/health/ready', timeout=4)"]
# Exec form: the server gets SIGTERM itself, finishes requests, ends event streams, and is gone within 10 s.
CMD ["aios", "serve", "--migrate"]

# The emulator in a container: the demo shop is made while the image is built, so that it starts at once.

FROM python:3.13-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /src
COPY pyproject.toml README.md ./
COPY mockcentra ./mockcentra
COPY fixtures ./fixtures
RUN python -m venv /opt/mockcentra \
 && /opt/mockcentra/bin/pip install . \
 && /opt/mockcentra/bin/python -m compileall -q /opt/mockcentra/lib \
 && MOCKCENTRA_CACHE_DIR=/opt/mockcentra/cache /opt/mockcentra/bin/mockcentra seed >/dev/null \
 && /opt/mockcentra/bin/pip uninstall --yes pip

FROM python:3.13-slim
RUN useradd --system --uid 10001 --home-dir /data --create-home mockcentra
COPY --from=build /opt/mockcentra /opt/mockcentra
ENV PATH=/opt/mockcentra/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    MOCKCENTRA_CACHE_DIR=/opt/mockcentra/cache \
    MOCKCENTRA_HOST=0.0.0.0 \
    MOCKCENTRA_PORT=8000
USER mockcentra
WORKDIR /data
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=5s --timeout=3s --start-period=5s --retries=6 CMD ["mockcentra", "health"]
ENTRYPOINT ["mockcentra"]
CMD ["serve"]

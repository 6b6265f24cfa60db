# syntax=docker/dockerfile:1
FROM python:3.13-slim-bookworm AS build
ENV UV_COMPILE_BYTECODE=1 \
    UV_LINK_MODE=copy \
    UV_PROJECT_ENVIRONMENT=/opt/iomconnector \
    UV_PYTHON_DOWNLOADS=never
RUN pip install --no-cache-dir uv==0.13.9
WORKDIR /source
COPY . .
RUN uv sync --no-dev --no-editable --all-packages --extra postgresql --extra tracing

FROM python:3.13-slim-bookworm
RUN useradd --system --uid 10001 --user-group --home-dir /var/lib/iomconnector --create-home iomconnector
COPY --from=build /opt/iomconnector /opt/iomconnector
COPY assemblies /opt/iomconnector/assemblies
ENV PATH=/opt/iomconnector/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    IOMC_ASSEMBLY_PATH=/opt/iomconnector/assemblies \
    IOMC_DATA_DIRECTORY=/var/lib/iomconnector \
    IOMC_ENVIRONMENT=production \
    IOMC_HOST=0.0.0.0 \
    IOMC_LOG_FORMAT=json \
    IOMC_OPERATIONS_PORT=9464
USER 10001:10001
WORKDIR /var/lib/iomconnector
EXPOSE 8000 9464
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen(f'http://127.0.0.1:{os.environ[\"IOMC_OPERATIONS_PORT\"]}/health/live', timeout=4)"]
ENTRYPOINT ["iomconnector"]
CMD ["serve"]

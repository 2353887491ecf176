# One image for web, worker, beat and migrate; docker-compose.yml says which is which.

FROM python:3.12-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/tracker
ENV PATH=/opt/tracker/bin:$PATH
WORKDIR /source
# The dependencies first: they change more seldom than the code, and their layer is kept.
COPY requirements.txt ./
RUN pip install --require-hashes -r requirements.txt
COPY pyproject.toml README.md ./
COPY tracker tracker
COPY workers workers
COPY templates_catalog templates_catalog
COPY migrations migrations
RUN pip install --no-deps .

FROM python:3.12-slim
# A number of its own, so that no user of the host is meant by accident.
RUN useradd --system --uid 10001 --create-home tracker
COPY --from=build /opt/tracker /opt/tracker
ENV PATH=/opt/tracker/bin:$PATH PYTHONUNBUFFERED=1
USER 10001
WORKDIR /home/tracker
EXPOSE 8000
CMD ["tracker", "web", "--host", "0.0.0.0", "--port", "8000"]

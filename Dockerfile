# guardrun with its rules and cfn-guard, to check the folder that is mounted at /work:
#
#   docker build --tag guardrun .
#   docker run --rm --volume "$PWD:/work" --user "$(id -u):$(id -g)" guardrun check . -o console -o junit:guardrun.xml
#
# For builds that give the same image every time, name the base by its digest:
# --build-arg PYTHON=python:3.13-slim-trixie@sha256:...
ARG PYTHON=python:3.13-slim-trixie

FROM ${PYTHON} AS build
WORKDIR /source
COPY pyproject.toml hatch_build.py README.md LICENSE NOTICE ./
COPY runner runner
COPY guard-rules guard-rules
COPY rule-tests rule-tests
RUN pip wheel --no-cache-dir --wheel-dir /wheels .

FROM ${PYTHON}
RUN --mount=type=bind,from=build,source=/wheels,target=/wheels \
    pip install --no-cache-dir --no-index --find-links /wheels /wheels/guardrun-*.whl
# Nothing is kept between runs, so nothing of the rules needs remembering.
ENV GUARDRUN_CACHE="" PYTHONDONTWRITEBYTECODE=1
USER 65532:65532
WORKDIR /work
ENTRYPOINT ["guardrun"]
CMD ["--help"]

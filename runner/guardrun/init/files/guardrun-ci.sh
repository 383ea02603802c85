#!/bin/sh
# Checks the CloudFormation templates of this project in any CI; needs Python 3.10 or later.
#
#   ./guardrun-ci.sh                             all templates below this folder
#   ./guardrun-ci.sh infra --fail-on high        arguments of guardrun check
#
# guardrun-reports/ gets JUnit for the CI's list of tests and a page for people. Exit codes: 0 nothing was found, 1 there
# are findings, 2 something could not be checked.
set -eu
cd "$(dirname "$0")"
[ $# -gt 0 ] || set -- .

environment=$(mktemp -d)
trap 'rm -rf "$environment"' EXIT
python3 -m venv "$environment"
"$environment/bin/pip" install --quiet guardrun

"$environment/bin/guardrun" check "$@" -o console -o junit:guardrun-reports/guardrun.xml -o html:guardrun-reports/guardrun.html

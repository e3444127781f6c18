#!/usr/bin/env bash
# Does a deployment work from outside? bash deploy/smoke.sh https://aios.example
# Writes nothing. Ends with status 0 and a line that says so.
set -euo pipefail
url=${1:?say which address}
fetch() { curl --fail --silent --show-error --max-time 10 --retry 5 --retry-delay 2 --retry-connrefused "$@"; }
fetch "$url/health/ready" | grep -q '"status":"ok"'
page=$(fetch "$url/sign-in")
script=$(grep -o 'src="/assets/[^"]*app.js"' <<<"$page" | head -n 1 | cut -d'"' -f2)
fetch --output /dev/null "$url$script"
fetch "$url/sw.js" >/dev/null
fetch --output /dev/null --dump-header - "$url/sign-in" | grep -qi '^content-security-policy:'
test "$(curl --silent --output /dev/null --write-out '%{http_code}' "$url/api/notes")" = 401
echo "$url works."

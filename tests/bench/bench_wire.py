#!/usr/bin/env python3
"""How fast items leave: ddbgen, the AWS SDK for JavaScript, boto3 and wrk into one sink.

    tests/bench/bench_wire.py [--ddbgen PATH] [--sdk DIR] [--runs N] [--messages N]
                              [--latency MS]...

The sink is nginx, one worker, whose echo module answers each BatchWriteItem after 0, 1, 10
or 50 ms with nothing left unprocessed. All are run in turns, so a busy machine is busy for
all of them: what counts is the ratio. ddbgen is a whole process, from a transcript to the
last answer, with `apply --overwrite`; the others send batches of 25 such items that are
made before their clock starts. The SDK is tried with 1, 16 and 64 requests in flight, wrk
with 256 connections and the very bytes of such a batch.

It wants nginx with its echo module and wrk (Debian: nginx-light, libnginx-mod-http-echo,
wrk), and for the SDK a folder whose node_modules has @aws-sdk/client-dynamodb. What is not
there is left out, and said.
"""

import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

from bench_build import HERE, ROOT, measure, write_transcript

TABLE = "messages"
DEFINITION = """
table_name: messages
attribute_definitions: { pk: S, sk: S }
key_schema: { hash: pk, range: sk }
billing_mode: PAY_PER_REQUEST
handles: { file: users.yaml }
entities:
  message:
    for_each: message
    attributes:
      pk: MSG#${conversation.uuid}
      sk: ${message.created_at}
      message_uuid: ${message.uuid}
      message: ${message.text}
      user_uuid: ${sender.uuid}
      user_handle: ${sender.handle}
"""
USERS = """
- { handle: andrewbrown, uuid: 0d5ac7d4-4a13-4f6c-9b5c-1d8a1a4b2c11 }
- { handle: bayko, uuid: 8a9c1f3e-2b64-4a38-8d71-6f0e5c7d9b22 }
"""
DESCRIPTION = {
    "Table": {
        "TableName": TABLE,
        "TableStatus": "ACTIVE",
        "TableArn": "arn:aws:dynamodb:us-east-1:000000000000:table/messages",
        "AttributeDefinitions": [
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "sk", "AttributeType": "S"},
        ],
        "KeySchema": [
            {"AttributeName": "pk", "KeyType": "HASH"},
            {"AttributeName": "sk", "KeyType": "RANGE"},
        ],
        "BillingModeSummary": {"BillingMode": "PAY_PER_REQUEST"},
        "ItemCount": 0,
        "TableSizeBytes": 0,
    }
}
SERVER = """
    server {{
        listen 127.0.0.1:{port} reuseport backlog=1024;
        keepalive_requests 1000000000;
        location / {{
            default_type application/x-amz-json-1.0;
            echo_read_request_body;
            {sleep}
            echo -n $answer;
        }}
    }}
"""
NGINX = """
load_module modules/ngx_http_echo_module.so;
worker_processes 1;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 4096; }}
http {{
    access_log off;
    client_body_buffer_size 2m;
    client_max_body_size 20m;
    client_body_temp_path {folder}/body;
    tcp_nodelay on;
    map $http_x_amz_target $answer {{
        ~DescribeTable '{description}';
        default '{{"UnprocessedItems":{{}}}}';
    }}
{servers}
}}
"""


def prefix():
    """Where Debian's nginx finds its modules."""
    return "/usr/share/nginx"


@contextmanager
def sinks(folder, latencies):
    """nginx with a port for each latency: {latency: url}."""
    ports = {latency: 19500 + i for i, latency in enumerate(latencies)}
    servers = "".join(
        SERVER.format(port=port, sleep=f"echo_sleep {latency / 1000};" if latency else "")
        for latency, port in ports.items()
    )
    description = json.dumps(DESCRIPTION, separators=(",", ":"))
    config = folder / "nginx.conf"
    config.write_text(NGINX.format(folder=folder, description=description, servers=servers))
    process = subprocess.Popen(
        ["nginx", "-p", prefix(), "-c", config], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    urls = {latency: f"http://127.0.0.1:{port}" for latency, port in ports.items()}
    try:
        wait_for(urls, process, folder)
        yield urls
    finally:
        process.terminate()
        process.wait()


def wait_for(urls, process, folder):
    for _ in range(100):
        try:
            for url in urls.values():
                urllib.request.urlopen(url, b"{}", timeout=5).read()
            return
        except OSError:
            if process.poll() is not None:
                break
            time.sleep(0.05)
    raise SystemExit("nginx does not start: " + (folder / "error.log").read_text())


def batch_body(folder, ddbgen):
    """A BatchWriteItem of 25 items, as ddbgen makes it."""
    built = subprocess.run(
        [ddbgen, "build", "t.yaml", "few.txt"], cwd=folder, capture_output=True, check=True
    )
    lines = [line for line in built.stdout.splitlines() if line.startswith(b'{"BatchWriteItem"')]
    return json.loads(lines[0])["BatchWriteItem"]


class Ddbgen:
    def __init__(self, path, folder, messages):
        self.path, self.folder, self.messages = path, folder, messages

    def run(self, url):
        """Items a second, and peak memory in KiB."""
        shutil.rmtree(self.folder / ".ddbgen", ignore_errors=True)
        command = [self.path, "apply", "t.yaml", "many.txt", "--overwrite", "--endpoint-url", url]
        began = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        errors = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        if os.waitstatus_to_exitcode(status):
            raise SystemExit(errors.decode())
        return self.messages / seconds, usage.ru_maxrss


def items_of(command, **options):
    """Items a second of a program that prints that number."""
    done = subprocess.run(command, capture_output=True, text=True, check=True, **options)
    return float(done.stdout.split()[-1])


def run_sdk(sdk, body, url, latency):
    rates = {}
    for flight in (1, 16, 64):
        batches = max(50, min(3000, int(1500 * flight / (latency + 2))))
        command = ["node", HERE / "seed_with_sdk.mjs", sdk, body, url, str(flight), str(batches)]
        rates[flight] = items_of(command)
    return max(rates.values())


def run_boto3(body, url, latency):
    batches = max(20, int(1000 / (latency + 5)))
    return items_of(["/usr/bin/env", "python3", HERE / "batch_with_boto3.py", body, url, str(batches)])


def run_wrk(folder, body, url):
    script = folder / "wrk.lua"
    script.write_text(
        'wrk.method = "POST"\n'
        'wrk.headers["Content-Type"] = "application/x-amz-json-1.0"\n'
        'wrk.headers["X-Amz-Target"] = "DynamoDB_20120810.BatchWriteItem"\n'
        f'wrk.body = io.open("{body}"):read("*a")\n'
    )
    done = subprocess.run(
        ["wrk", "-t1", "-c256", "-d2s", "-s", script, url],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return 25 * float(re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)[1])


def tools(options, folder, body):
    """What runs: {name: function of url and latency}, which gives items a second."""
    found = {"ddbgen": None}
    if options.sdk and shutil.which("node"):
        found["SDK v3"] = lambda url, latency: run_sdk(options.sdk, body, url, latency)
    else:
        print("the SDK is left out: --sdk names no folder with @aws-sdk/client-dynamodb")
    try:
        import boto3  # noqa: F401

        found["boto3"] = lambda url, latency: run_boto3(body, url, latency)
    except ImportError:
        print("boto3 is left out: it is not installed")
    if shutil.which("wrk"):
        found["wrk"] = lambda url, _: run_wrk(folder, body, url)
    else:
        print("wrk is left out: it is not installed")
    return found


def measure_all(options, folder, urls):
    ddbgen = Ddbgen(str(Path(options.ddbgen).resolve()), folder, options.messages)
    body = folder / "batch.json"
    body.write_text(json.dumps(batch_body(folder, ddbgen.path), separators=(",", ":")))
    found = tools(options, folder, body)
    rates = {latency: {name: [] for name in found} for latency in urls}
    memory = 0
    for _ in range(options.runs):
        for latency, url in urls.items():
            for name, run in found.items():
                if name == "ddbgen":
                    rate, peak = ddbgen.run(url)
                    memory = max(memory, peak)
                else:
                    rate = run(url, latency)
                rates[latency][name].append(rate)
    return rates, memory


def show(rates, memory):
    medians = {
        latency: {name: statistics.median(samples) for name, samples in each.items()}
        for latency, each in rates.items()
    }
    names = list(next(iter(medians.values())))
    print("| a call takes | " + " | ".join(names) + " |")
    print("|---|" + "---:|" * len(names))
    for latency, each in medians.items():
        print(f"| {latency} ms | " + " | ".join(f"{each[name]:,.0f}" for name in names) + " |")
    for latency, each in medians.items():
        ratios = [f"{each['ddbgen'] / each[n]:.2f} times {n}" for n in names if n != "ddbgen"]
        if 0 in medians:
            ratios.append(f"{each['ddbgen'] / medians[0]['ddbgen']:.2f} of itself at 0 ms")
        print(f"at {latency} ms ddbgen: " + ", ".join(ratios))
    print(f"peak memory of ddbgen: {memory / 1024:.1f} MiB")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--ddbgen", default=os.environ.get("DDBGEN", ROOT / "build/ddbgen"))
    parser.add_argument("--sdk", help="a folder with node_modules/@aws-sdk/client-dynamodb")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--messages", type=int, default=200000)
    parser.add_argument("--latency", type=int, action="append")
    options = parser.parse_args()
    if not shutil.which("nginx"):
        raise SystemExit("nginx is not installed")
    with tempfile.TemporaryDirectory(prefix="ddbgen-bench-") as scratch:
        folder = Path(scratch)
        folder.chmod(0o755)
        (folder / "t.yaml").write_text(DEFINITION)
        (folder / "users.yaml").write_text(USERS)
        write_transcript(folder / "many.txt", options.messages)
        write_transcript(folder / "few.txt", 25)
        with sinks(folder, options.latency or [0, 1, 10, 50]) as urls:
            rates, memory = measure_all(options, folder, urls)
        print(f"{options.messages:,} messages, median of {options.runs} runs in turns: items a second")
        show(rates, memory)


if __name__ == "__main__":
    sys.exit(main())

"""What AWS answers to those who ask for credentials: STS, SSO, OIDC, the log-in, a container's
host, an instance's, and DynamoDB itself, each of which verifies what it is sent.

One https server plays them all, told apart by method and path; a second one, on plain http,
is the instance's. Signatures are made again by botocore. What is wrong with a request is a
violation, which the fixture in test_credentials.py wants none of.
"""

import base64
import hashlib
import json
import ssl
import subprocess
import threading
import time
import urllib.request
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

ACCOUNT = "123456789012"
NAMESPACE = 'xmlns="https://sts.amazonaws.com/doc/2011-06-15/"'


def stamp(seconds):
    return datetime.fromtimestamp(time.time() + seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def certificate(folder):
    """A certificate of its own for 127.0.0.1 and localhost: (certificate, key)."""
    crt, key = folder / "server.crt", folder / "server.key"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1"]
        + ["-keyout", key, "-out", crt, "-subj", "/CN=127.0.0.1"]
        + ["-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"],
        check=True,
        capture_output=True,
    )
    return crt, key


class Refused(Exception):
    def __init__(self, status, code, message="no"):
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


class Cloud:
    """`keys`: key id to (secret, session token), whoever may sign. `calls`: what was asked."""

    def __init__(self, folder, dynamo=None):
        self.keys = {}
        self.calls = []
        self.violations = []
        self.dynamo = dynamo  # where DynamoDB's requests go on to
        self.lifetime = 3600  # of what is issued
        self.sso_token = "sso-token-1"
        self.sso_refresh = None  # the refresh token that OIDC takes
        self.login_refresh = None
        self.container_token = None
        self.fail = []  # statuses that come first
        self.issued = 0
        self.lock = threading.Lock()
        self.certificate, key = certificate(folder)
        self.https = self._server(_Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, key)
        self.https.socket = context.wrap_socket(self.https.socket, server_side=True)
        self.http = self._server(_Handler)
        for server in (self.https, self.http):
            threading.Thread(target=server.serve_forever, daemon=True).start()
        self.url = f"https://127.0.0.1:{self.https.server_port}"
        self.plain_url = f"http://127.0.0.1:{self.http.server_port}"

    def _server(self, handler):
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        server.cloud = self
        server.daemon_threads = True
        return server

    def close(self):
        for server in (self.https, self.http):
            server.shutdown()
            server.server_close()

    def issue(self, prefix):
        """New temporary keys: (id, secret, token)."""
        with self.lock:
            self.issued += 1
            number = self.issued
        key = (f"ASIA{prefix}{number:04d}", f"secret-of-{prefix}-{number}/+=", f"token-{prefix}-{number}==")
        self.keys[key[0]] = key[1:]
        return key

    def asked(self, what):
        return [call for call in self.calls if call[0] == what]

    def environment(self, *services):
        """Variables that lead ddbgen here."""
        return {
            "AWS_CA_BUNDLE": str(self.certificate),
            **{f"AWS_ENDPOINT_URL_{service}": self.url for service in services},
        }


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):
        self._answer()

    do_POST = do_PUT = do_GET

    def _answer(self):
        cloud = self.server.cloud
        self.body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            if cloud.fail and self.server is cloud.https:
                raise Refused(cloud.fail.pop(0), "ServiceUnavailable")
            status, kind, text = self._route(cloud)
        except Refused as refused:
            status, kind, text = refused.status, "text/xml", (
                f"<ErrorResponse {NAMESPACE}><Error><Type>Sender</Type><Code>{refused.code}</Code>"
                f"<Message>{refused.message}</Message></Error><RequestId>r</RequestId></ErrorResponse>"
            )
            if self.headers.get("X-Amz-Target"):
                text = json.dumps({"__type": f"x#{refused.code}", "message": refused.message})
        except Exception as error:  # noqa: BLE001
            cloud.violations.append(repr(error))
            status, kind, text = 500, "text/plain", "broken"
        data = text.encode() if isinstance(text, str) else text
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _route(self, cloud):
        path = urlsplit(self.path).path
        if self.headers.get("X-Amz-Target"):
            return self._dynamodb(cloud)
        if (self.command, path) == ("POST", "/"):
            return self._sts(cloud)
        if (self.command, path) == ("GET", "/federation/credentials"):
            return self._sso(cloud)
        if (self.command, path) == ("POST", "/token"):
            return self._oidc(cloud)
        if (self.command, path) == ("POST", "/v1/token"):
            return self._signin(cloud)
        if (self.command, path) == ("GET", "/container"):
            return self._container(cloud)
        if path.startswith("/latest/"):
            return self._instance(cloud, path)
        cloud.violations.append(f"{self.command} {self.path}")
        return 404, "text/plain", "no such place"

    # --- signatures ----------------------------------------------------------------------

    def _signed_by(self, cloud, service):
        """Whose signature it is; refuses what is none."""
        header = self.headers.get("Authorization", "")
        if not header.startswith("AWS4-HMAC-SHA256 Credential="):
            raise Refused(403, "MissingAuthenticationToken")
        fields = dict(part.strip().split("=", 1) for part in header.split(" ", 1)[1].split(","))
        key_id, day, region, scope, _ = fields["Credential"].split("/")
        if key_id not in cloud.keys:
            raise Refused(400 if service == "dynamodb" else 403, "UnrecognizedClientException")
        secret, token = cloud.keys[key_id]
        if (self.headers.get("X-Amz-Security-Token") or None) != token:
            cloud.violations.append(f"session token of {key_id}")
        names = fields["SignedHeaders"].split(";")
        request = AWSRequest(
            method=self.command,
            url=f"https://{self.headers['Host']}{self.path}",
            data=self.body,
            headers={name: self.headers[name] for name in names},
        )
        request.context["timestamp"] = self.headers["X-Amz-Date"]
        signer = SigV4Auth(Credentials(key_id, secret, token), scope, region)
        text = signer.string_to_sign(request, signer.canonical_request(request))
        if scope != service or signer.signature(text, request) != fields["Signature"]:
            cloud.violations.append(f"signature of {key_id} for {service}")
            raise Refused(403, "SignatureDoesNotMatch")
        return key_id, region

    # --- the services --------------------------------------------------------------------

    def _dynamodb(self, cloud):
        key_id, region = self._signed_by(cloud, "dynamodb")
        operation = self.headers["X-Amz-Target"].split(".")[1]
        cloud.calls.append(("dynamodb", operation, key_id, region))
        if cloud.dynamo is None:
            return 200, "application/x-amz-json-1.0", '{"TableNames":["one"]}'
        request = urllib.request.Request(
            cloud.dynamo.url,
            data=self.body,
            headers={
                name: self.headers[name]
                for name in ("Content-Type", "X-Amz-Target", "Authorization", "X-Amz-Date")
            },
        )
        try:
            with urllib.request.urlopen(request) as answer:
                return answer.status, "application/x-amz-json-1.0", answer.read()
        except urllib.error.HTTPError as error:
            return error.code, "application/x-amz-json-1.0", error.read()

    def _sts(self, cloud):
        if not self.headers["Content-Type"].startswith("application/x-www-form-urlencoded"):
            cloud.violations.append(self.headers["Content-Type"])
        form = {name: values[0] for name, values in parse_qs(self.body.decode(), strict_parsing=True).items()}
        if form["Version"] != "2011-06-15":
            cloud.violations.append(form["Version"])
        action = form["Action"]
        if action == "AssumeRoleWithWebIdentity":
            key_id = None
            if self.headers.get("Authorization"):
                cloud.violations.append("a web identity is signed")
        else:
            key_id, _ = self._signed_by(cloud, "sts")
        cloud.calls.append((action, key_id, form))
        if action == "GetCallerIdentity":
            inner = f"<Arn>arn:aws:iam::{ACCOUNT}:user/&#x61;nn &amp; bob</Arn><UserId>u</UserId><Account>{ACCOUNT}</Account>"
        else:
            if form["RoleArn"].endswith("/forbidden"):
                raise Refused(403, "AccessDenied", "User is not authorized")
            key, secret, token = cloud.issue("ROLE")
            name = form["RoleArn"].rsplit("/", 1)[1]
            inner = (
                f"<AssumedRoleUser><AssumedRoleId>x</AssumedRoleId><Arn>arn:aws:sts::{ACCOUNT}:assumed-role/{name}/s</Arn>"
                f"</AssumedRoleUser><Credentials><AccessKeyId>{key}</AccessKeyId>"
                f"<SecretAccessKey>{secret}</SecretAccessKey><SessionToken>{token}</SessionToken>"
                f"<Expiration>{stamp(cloud.lifetime)}</Expiration></Credentials>"
            )
        return 200, "text/xml", (
            f"<{action}Response {NAMESPACE}>\n  <{action}Result>{inner}</{action}Result>\n"
            f"  <ResponseMetadata><RequestId>r</RequestId></ResponseMetadata>\n</{action}Response>\n"
        )

    def _sso(self, cloud):
        query = parse_qs(urlsplit(self.path).query, strict_parsing=True)
        cloud.calls.append(("sso", query))
        if self.headers.get("x-amz-sso_bearer_token") != cloud.sso_token:
            return 401, "application/json", '{"message":"Session token not found or invalid"}'
        key, secret, token = cloud.issue("SSO")
        return 200, "application/json", json.dumps(
            {
                "roleCredentials": {
                    "accessKeyId": key,
                    "secretAccessKey": secret,
                    "sessionToken": token,
                    "expiration": int((time.time() + cloud.lifetime) * 1000),
                }
            }
        )

    def _oidc(self, cloud):
        request = json.loads(self.body)
        cloud.calls.append(("oidc", request))
        if request["grantType"] != "refresh_token" or request["refreshToken"] != cloud.sso_refresh:
            return 400, "application/json", '{"error":"invalid_grant"}'
        cloud.sso_token = "sso-token-2"
        return 200, "application/json", json.dumps(
            {
                "accessToken": cloud.sso_token,
                "expiresIn": 28800,
                "refreshToken": "refresh-2",
                "tokenType": "Bearer",
            }
        )

    def _signin(self, cloud):
        request = json.loads(self.body)
        proof = self.headers["DPoP"]
        cloud.calls.append(("signin", request, proof))
        if request != {
            "clientId": "arn:aws:signin:::devtools/same-device",
            "refreshToken": cloud.login_refresh,
            "grantType": "refresh_token",
        }:
            return 400, "application/json", '{"error":"TOKEN_EXPIRED","message":"x"}'
        cloud.violations += proof_problems(proof, f"{cloud.url}/v1/token")
        key, secret, token = cloud.issue("LOGIN")
        return 200, "application/json", json.dumps(
            {
                "accessToken": {"accessKeyId": key, "secretAccessKey": secret, "sessionToken": token},
                "tokenType": "aws_sigv4",
                "expiresIn": 900,
                "refreshToken": "login-refresh-2",
            }
        )

    def _container(self, cloud):
        cloud.calls.append(("container", self.headers.get("Authorization")))
        if cloud.container_token != self.headers.get("Authorization"):
            return 401, "application/json", "{}"
        key, secret, token = cloud.issue("ECS")
        return 200, "application/json", json.dumps(
            {
                "AccessKeyId": key,
                "SecretAccessKey": secret,
                "Token": token,
                "Expiration": stamp(cloud.lifetime),
                "RoleArn": "arn:aws:iam::1:role/x",
            }
        )

    def _instance(self, cloud, path):
        cloud.calls.append(("imds", self.command, path))
        if (self.command, path) == ("PUT", "/latest/api/token"):
            if self.headers["x-aws-ec2-metadata-token-ttl-seconds"] != "21600":
                cloud.violations.append("ttl")
            return 200, "text/plain", "imds-session=="
        if self.headers.get("x-aws-ec2-metadata-token") != "imds-session==":
            cloud.violations.append("no session of version 2")
        if path == "/latest/meta-data/iam/security-credentials/":
            return 200, "text/plain", "a-role"
        key, secret, token = cloud.issue("EC2")
        return 200, "text/plain", json.dumps(
            {
                "Code": "Success",
                "Type": "AWS-HMAC",
                "AccessKeyId": key,
                "SecretAccessKey": secret,
                "Token": token,
                "Expiration": stamp(cloud.lifetime),
            }
        )


def proof_problems(proof, url):
    """What is wrong with a DPoP proof, verified by openssl."""
    header, payload, signature = proof.split(".")

    def decode(text):
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))

    head, body = json.loads(decode(header)), json.loads(decode(payload))
    problems = []
    if head["typ"] != "dpop+jwt" or head["alg"] != "ES256" or head["jwk"]["crv"] != "P-256":
        problems.append(f"header {head}")
    if body["htm"] != "POST" or body["htu"] != url or abs(body["iat"] - time.time()) > 60:
        problems.append(f"payload {body}")
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, utils

    raw = decode(signature)
    x, y = (int.from_bytes(decode(head["jwk"][name]), "big") for name in "xy")
    key = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
    der = utils.encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    key.verify(der, f"{header}.{payload}".encode(), ec.ECDSA(hashes.SHA256()))
    return problems


def sso_file(home, name):
    return home / ".aws/sso/cache" / (hashlib.sha1(name.encode()).hexdigest() + ".json")


def login_file(home, name):
    return home / ".aws/login/cache" / (hashlib.sha256(name.encode()).hexdigest() + ".json")

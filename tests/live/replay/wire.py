"""Values as `aws ... --output json` prints them, written as they were on the wire: rest-xml, query, ec2, json-1.1."""
import base64
import datetime
import email.utils
import json
import re
import urllib.parse

XSI = "http://www.w3.org/2001/XMLSchema-instance"
ODD = re.compile("[&<>\"\r\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
NAMED = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"}


def escaped(text):
    return ODD.sub(lambda m: NAMED.get(m[0]) or f"&#x{ord(m[0]):X};", text)


def document(value):
    """A policy that the snapshot holds as an object, or as the string that AWS sent."""
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def moment(value):
    if isinstance(value, (int, float)):
        return datetime.datetime.fromtimestamp(value, datetime.timezone.utc)
    when = datetime.datetime.fromisoformat(value)
    return when if when.tzinfo else when.replace(tzinfo=datetime.timezone.utc)


def iso(value, milliseconds):
    try:
        when = moment(value).astimezone(datetime.timezone.utc)
    except ValueError:
        return str(value)
    if when.microsecond and when.microsecond % 1000:
        return when.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    if when.microsecond or milliseconds:
        return when.strftime("%Y-%m-%dT%H:%M:%S.") + f"{when.microsecond // 1000:03d}Z"
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")


class Writer:
    """The XML of one answer. What the model has no member for is told in `unknown`."""

    def __init__(self, api):
        self.api = api
        self.out = []
        self.unknown = []

    def scalar(self, shape_name, value):
        shape = self.api.shapes[shape_name]
        kind = shape["type"]
        if kind == "boolean":
            return "true" if value in (True, "true", "True") else "false"
        if kind == "timestamp":
            return iso(value, self.api.protocol in ("rest-xml", "ec2"))
        if kind == "blob":
            return value if isinstance(value, str) else base64.b64encode(value).decode()
        if kind in ("integer", "long", "float", "double"):
            return str(value)
        text = document(value)
        if self.api.service == "iam" and shape_name == "policyDocumentType":
            text = urllib.parse.quote(urllib.parse.unquote(text) if text.startswith("%") else text, safe="")
        return escaped(text)

    def structure(self, shape, value, where):
        for name in value:
            if name not in shape["members"]:
                self.unknown.append(f"{where}.{name}")
        for name, member in shape["members"].items():
            if value.get(name) is None or "location" in member or member.get("xmlAttribute"):
                continue
            self.member(member.get("locationName", name), member, value[name], f"{where}.{name}")

    def attributes(self, shape, value):
        text = ""
        for name, member in shape.get("members", {}).items():
            if member.get("xmlAttribute") and value.get(name) is not None:
                text += f' xmlns:xsi="{XSI}" {member["locationName"]}="{escaped(str(value[name]))}"'
        return text

    def member(self, tag, member, value, where):
        shape = self.api.shapes[member["shape"]]
        kind = shape["type"]
        if kind == "structure":
            self.out.append(f"<{tag}{self.attributes(shape, value)}>")
            self.structure(shape, value, where)
            self.out.append(f"</{tag}>")
        elif kind == "list":
            item = shape["member"]
            if shape.get("flattened"):
                for element in value:
                    self.member(tag if "locationName" in member else item.get("locationName", tag), item, element, where + "[]")
                return
            self.out.append(f"<{tag}>")
            for element in value:
                self.member(item.get("locationName", "member"), item, element, where + "[]")
            self.out.append(f"</{tag}>")
        elif kind == "map":
            self.out.append(f"<{tag}>")
            for key, element in value.items():
                self.out.append(f"<entry><key>{escaped(key)}</key>")
                self.member("value", shape["value"], element, where)
                self.out.append("</entry>")
            self.out.append(f"</{tag}>")
        else:
            self.out.append(f"<{tag}>{self.scalar(member['shape'], value)}</{tag}>")


def headers_of(api, shape, value):
    found = {}
    for name, member in shape.get("members", {}).items():
        if value.get(name) is None:
            continue
        if member.get("location") == "header":
            kind = api.shapes[member["shape"]]["type"]
            text = value[name]
            if kind == "timestamp":
                text = email.utils.format_datetime(moment(text).astimezone(datetime.timezone.utc), usegmt=True)
            elif kind == "boolean":
                text = "true" if text else "false"
            found[member["locationName"]] = str(text)
        elif member.get("location") == "headers":
            for key, text in value[name].items():
                found[member["locationName"] + key] = str(text)
    return found


def rest_xml(api, operation, value, roots):
    """(headers, body, unknown)"""
    shape = api.output(operation)
    writer = Writer(api)
    headers = headers_of(api, shape, value)
    if shape.get("payload"):
        member = shape["members"][shape["payload"]]
        inner = api.shapes[member["shape"]]
        content = value.get(shape["payload"])
        if inner["type"] in ("string", "blob"):
            headers["content-type"] = "application/json"
            return headers, document(content or "").encode(), []
        namespace = (member.get("xmlNamespace") or inner.get("xmlNamespace") or {}).get("uri", roots.get("xmlns"))
        tag = member.get("locationName") or inner.get("locationName") or roots.get(operation) or member["shape"]
        writer.out.append(f'<{tag} xmlns="{namespace}">')
        writer.structure(inner, content or {}, operation)
    elif api.operations[operation]["http"]["method"] == "HEAD" or "output" not in api.operations[operation]:
        return headers, b"", []
    elif roots.get(operation) in shape["members"]:  # GetBucketLocation: the member is the root
        tag = roots[operation]
        text = escaped(value.get(tag) or "")
        writer.out.append(f'<{tag} xmlns="{roots["xmlns"]}">{text}')
    else:
        tag = roots.get(operation) or api.operations[operation]["output"]["shape"]
        writer.out.append(f'<{tag} xmlns="{roots.get("xmlns")}">')
        writer.structure(shape, value, operation)
    writer.out.append(f"</{tag}>")
    headers["content-type"] = "application/xml"
    return headers, ('<?xml version="1.0" encoding="UTF-8"?>\n' + "".join(writer.out)).encode(), writer.unknown


def query(api, operation, value, request_id):
    writer = Writer(api)
    shape = api.output(operation)
    wrapper = api.operations[operation].get("output", {}).get("resultWrapper")
    writer.structure(shape, value, operation) if shape else None
    result = "".join(writer.out)
    if wrapper:
        result = f"<{wrapper}>{result}</{wrapper}>" if result else f"<{wrapper}/>"
    body = (f'<{operation}Response xmlns="{api.meta["xmlNamespace"]}">\n  {result}\n  <ResponseMetadata>'
            f"<RequestId>{request_id}</RequestId></ResponseMetadata>\n</{operation}Response>\n")
    return {"content-type": "text/xml"}, body.encode(), writer.unknown


def ec2(api, operation, value, request_id):
    writer = Writer(api)
    writer.structure(api.output(operation), value, operation)
    body = (f'<?xml version="1.0" encoding="UTF-8"?>\n<{operation}Response xmlns="{api.meta["xmlNamespace"]}/">\n'
            f"    <requestId>{request_id}</requestId>\n    {''.join(writer.out)}\n</{operation}Response>")
    return {"content-type": "text/xml;charset=UTF-8"}, body.encode(), writer.unknown


def json_value(api, shape_name, value, where, unknown):
    shape = api.shapes[shape_name]
    kind = shape["type"]
    if kind == "structure":
        unknown.extend(f"{where}.{name}" for name in value if name not in shape["members"])
        return {name: json_value(api, shape["members"][name]["shape"], v, f"{where}.{name}", unknown)
                for name, v in value.items() if name in shape["members"] and v is not None}
    if kind == "list":
        return [json_value(api, shape["member"]["shape"], v, where + "[]", unknown) for v in value]
    if kind == "map":
        return {name: json_value(api, shape["value"]["shape"], v, where, unknown) for name, v in value.items()}
    if kind == "timestamp":
        return round(moment(value).timestamp(), 3)
    if kind == "string":
        return document(value)
    return value


def json_11(api, operation, value):
    unknown = []
    shape = api.operations[operation].get("output", {}).get("shape")
    body = json_value(api, shape, value, operation, unknown) if shape else {}
    return {"content-type": "application/x-amz-json-1.1"}, json.dumps(body, ensure_ascii=False).encode(), unknown


def error(api, status, code, message, request_id, extra):
    """(status, headers, body) in the manner of the service."""
    text = escaped(message)
    more = "".join(f"<{n}>{escaped(v)}</{n}>" for n, v in extra.items() if n[0].isupper())
    headers = {n: v for n, v in extra.items() if not n[0].isupper()}
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    if api.service == "s3":
        body = (f"{head}<Error><Code>{code}</Code><Message>{text}</Message>{more}<RequestId>{request_id}</RequestId>"
                "<HostId>MzRISOwyjmnup000000000000000000000000007/JypPGXLh0OVFGcJaaO3KW/hRAqKOpIEEp=</HostId></Error>")
        headers["content-type"] = "application/xml"
    elif api.protocol == "rest-xml":
        body = (f'{head}<ErrorResponse xmlns="{api.meta.get("xmlNamespace", "http://awss3control.amazonaws.com/doc/2018-08-20/")}">'
                f"<Error><Code>{code}</Code><Message>{text}</Message>{more}</Error><RequestId>{request_id}</RequestId></ErrorResponse>")
        headers["content-type"] = "text/xml"
    elif api.protocol == "query":
        kind = "Receiver" if status >= 500 else "Sender"
        body = (f'<ErrorResponse xmlns="{api.meta["xmlNamespace"]}">\n  <Error>\n    <Type>{kind}</Type>\n    <Code>{code}</Code>\n'
                f"    <Message>{text}</Message>\n  </Error>\n  <RequestId>{request_id}</RequestId>\n</ErrorResponse>\n")
        headers["content-type"] = "text/xml"
    elif api.protocol == "ec2":
        body = (f"{head}<Response><Errors><Error><Code>{code}</Code><Message>{text}</Message></Error></Errors>"
                f"<RequestID>{request_id}</RequestID></Response>")
        headers["content-type"] = "text/xml;charset=UTF-8"
    else:
        # Both forms are seen: KMS and Organizations send the bare name, CloudTrail its package before it.
        kind = f"com.amazonaws.cloudtrail.v20131101#{code}" if api.service == "cloudtrail" else code
        body = json.dumps({"__type": kind, "Message" if api.service == "organizations" else "message": message})
        headers["content-type"] = "application/x-amz-json-1.1"
    return status, headers, body.encode()

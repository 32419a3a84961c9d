"""The comment into the pull request (GitHub) or merge request (GitLab), in place of the one of the last run."""
import json
import os
import urllib.error
import urllib.request

import comment

PAGES = 20


def ask(method, url, headers, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {**headers, "Content-Type": "application/json"}, method=method)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.loads(answer.read() or b"null")


def upsert(root, headers, text, edit):
    """`root` lists comments and takes new ones; `edit(comment)` is where one is changed, and how."""
    for page in range(1, PAGES + 1):
        comments = ask("GET", f"{root}?per_page=100&page={page}", headers)
        for c in comments:
            if (c.get("body") or "").startswith(comment.MARK):
                method, url = edit(c)
                return ask(method, url, headers, {"body": text})
        if len(comments) < 100:
            break
    return ask("POST", root, headers, {"body": text})


def github(text):
    with open(os.environ["GITHUB_EVENT_PATH"], encoding="utf-8") as file:
        event = json.load(file)
    number = (event.get("pull_request") or event).get("number")
    if number is None:
        return False
    api = os.environ.get("GITHUB_API_URL", "https://api.github.com")
    base = f"{api}/repos/{os.environ['GITHUB_REPOSITORY']}/issues"
    headers = {"Authorization": "Bearer " + os.environ["GITHUB_TOKEN"], "Accept": "application/vnd.github+json"}
    upsert(f"{base}/{number}/comments", headers, text, lambda c: ("PATCH", f"{base}/comments/{c['id']}"))
    return True


def gitlab(text):
    root = (f"{os.environ['CI_API_V4_URL']}/projects/{os.environ['CI_PROJECT_ID']}/merge_requests/"
            f"{os.environ['CI_MERGE_REQUEST_IID']}/notes")
    headers = {"PRIVATE-TOKEN": os.environ["GITLAB_TOKEN"]}
    upsert(root, headers, text, lambda c: ("PUT", f"{root}/{c['id']}"))
    return True


def post(text):
    """None: posted, or there is nothing to post to; else why not. A fork's token may read only: that fails no review."""
    try:
        if os.environ.get("GITHUB_EVENT_PATH") and os.environ.get("GITHUB_TOKEN"):
            github(text)
        elif os.environ.get("CI_MERGE_REQUEST_IID") and os.environ.get("GITLAB_TOKEN"):
            gitlab(text)
        return None
    except urllib.error.HTTPError as error:
        return f"the comment was refused with {error.code}: the job's token needs to write to pull requests"
    except (OSError, ValueError, KeyError) as error:
        return f"the comment could not be posted: {error}"

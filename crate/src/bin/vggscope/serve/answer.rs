//! The answer to a request: right types, caching and security headers.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use percent_encoding::percent_decode_str;

use super::files::{File, Files};

/// What the site's pages need, and no more.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; \
    img-src 'self' data: blob:; connect-src 'self' https:; worker-src 'self' blob:; manifest-src 'self'; base-uri 'none'";

/// Of every answer. Pages of other origins may use the element and frame the site: it has nothing that is secret.
const ALWAYS: [(header::HeaderName, &str); 3] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
    (header::REFERRER_POLICY, "no-referrer"),
];

/// A file of the site, `304` where the asker has it, or why not.
pub(super) fn answer(files: &Files, method: &Method, path: &str, asked: &HeaderMap) -> Response {
    let mut response = if *method == Method::GET || *method == Method::HEAD {
        found(files, method, path, asked)
    } else {
        let allow = [(header::ALLOW, "GET, HEAD")];
        (StatusCode::METHOD_NOT_ALLOWED, allow, "Only GET and HEAD.\n").into_response()
    };
    for (name, value) in ALWAYS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

fn found(files: &Files, method: &Method, path: &str, asked: &HeaderMap) -> Response {
    let Some((name, file)) = lookup(files, path) else {
        return (StatusCode::NOT_FOUND, "Nothing of that name here.\n").into_response();
    };
    let kind = mime_guess::from_path(&name).first_or_octet_stream();
    let headers = [
        (header::CONTENT_TYPE, typed(kind.essence_str())),
        (header::CACHE_CONTROL, caching(&name).to_owned()),
        (header::ETAG, format!("\"{}\"", file.tag)),
    ];
    let mut response = if is_known(asked, &file.tag) {
        (StatusCode::NOT_MODIFIED, headers).into_response()
    } else if *method == Method::HEAD {
        let length = [(header::CONTENT_LENGTH, file.bytes.len().to_string())];
        (headers, length, Body::empty()).into_response()
    } else {
        (headers, Body::from(file.bytes.into_owned())).into_response()
    };
    if kind.essence_str() == "text/html" {
        let policy = HeaderValue::from_static(POLICY);
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

/// The file that an address means; a folder means its index.
fn lookup(files: &Files, path: &str) -> Option<(String, File)> {
    let plain = percent_decode_str(path.strip_prefix('/')?).decode_utf8().ok()?;
    let name = if plain.is_empty() || plain.ends_with('/') {
        format!("{plain}index.html")
    } else {
        plain.into_owned()
    };
    files.read(&name).map(|file| (name, file))
}

fn typed(essence: &str) -> String {
    let charset = if essence.starts_with("text/") {
        "; charset=utf-8"
    } else {
        ""
    };
    format!("{essence}{charset}")
}

/// For ever where the name has a hash of the contents in it.
fn caching(name: &str) -> &'static str {
    let hashed = name.starts_with("assets/") || (name.starts_with("weights/") && name.ends_with(".safetensors"));
    if hashed {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    }
}

fn is_known(asked: &HeaderMap, tag: &str) -> bool {
    let known = asked.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    known.is_some_and(|tags| {
        tags.split(',')
            .any(|known| known.trim().trim_start_matches("W/").trim_matches('"') == tag)
    })
}

#[cfg(test)]
mod tests {
    use super::{Files, POLICY, answer};
    use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
    use axum::response::Response;
    use std::fs;
    use tempfile::TempDir;

    const FILES: [&str; 7] = [
        "index.html",
        "docs/api.html",
        "vggscope.js",
        "manifest.webmanifest",
        "assets/engine-1a.wasm",
        "weights/demo/block1_conv1-12345678.safetensors",
        "weights/demo/model.safetensors.index.json",
    ];

    fn site() -> anyhow::Result<(TempDir, Files)> {
        let place = tempfile::tempdir()?;
        for name in FILES {
            let file = place.path().join(name);
            fs::create_dir_all(file.parent().unwrap_or(place.path()))?;
            fs::write(file, name)?;
        }
        let files = Files::open(Some(place.path()))?;
        Ok((place, files))
    }

    fn get(files: &Files, path: &str) -> Response {
        answer(files, &Method::GET, path, &HeaderMap::new())
    }

    fn said(response: &Response, name: header::HeaderName) -> &str {
        response
            .headers()
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or("")
    }

    #[test]
    fn types_and_caching_are_those_of_the_kind() -> anyhow::Result<()> {
        let (_place, files) = site()?;
        let lasting = "public, max-age=31536000, immutable";
        for (path, kind, caching) in [
            ("/", "text/html; charset=utf-8", "no-cache"),
            ("/docs/api.html", "text/html; charset=utf-8", "no-cache"),
            ("/vggscope.js", "text/javascript; charset=utf-8", "no-cache"),
            ("/manifest.webmanifest", "application/manifest+json", "no-cache"),
            ("/assets/engine-1a.wasm", "application/wasm", lasting),
            (
                "/weights/demo/block1_conv1-12345678.safetensors",
                "application/octet-stream",
                lasting,
            ),
            (
                "/weights/demo/model.safetensors.index.json",
                "application/json",
                "no-cache",
            ),
        ] {
            let response = get(&files, path);
            assert_eq!(response.status(), StatusCode::OK, "{path}");
            assert_eq!(said(&response, header::CONTENT_TYPE), kind, "{path}");
            assert_eq!(said(&response, header::CACHE_CONTROL), caching, "{path}");
            assert_eq!(said(&response, header::X_CONTENT_TYPE_OPTIONS), "nosniff", "{path}");
            assert_eq!(said(&response, header::ACCESS_CONTROL_ALLOW_ORIGIN), "*", "{path}");
        }
        Ok(())
    }

    #[test]
    fn pages_alone_have_the_policy_that_the_documentation_gives() -> anyhow::Result<()> {
        let (_place, files) = site()?;
        assert_eq!(said(&get(&files, "/"), header::CONTENT_SECURITY_POLICY), POLICY);
        assert_eq!(said(&get(&files, "/vggscope.js"), header::CONTENT_SECURITY_POLICY), "");
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words(include_str!("../../../../../www/docs/hosting.md")).contains(POLICY));
        Ok(())
    }

    #[test]
    fn what_the_asker_has_is_not_sent_again() -> anyhow::Result<()> {
        let (_place, files) = site()?;
        let mut asked = HeaderMap::new();
        let tag = HeaderValue::from_str(said(&get(&files, "/"), header::ETAG))?;
        asked.insert(header::IF_NONE_MATCH, tag);
        let again = answer(&files, &Method::GET, "/", &asked);
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
        assert_eq!(
            answer(&files, &Method::GET, "/docs/api.html", &asked).status(),
            StatusCode::OK
        );
        Ok(())
    }

    #[test]
    fn a_question_about_a_file_is_answered_without_it() -> anyhow::Result<()> {
        let (_place, files) = site()?;
        let response = answer(&files, &Method::HEAD, "/vggscope.js", &HeaderMap::new());
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(said(&response, header::CONTENT_LENGTH), "11");
        Ok(())
    }

    #[test]
    fn what_is_not_there_and_what_is_not_allowed_is_said() -> anyhow::Result<()> {
        let (_place, files) = site()?;
        for path in [
            "/nothing",
            "/assets",
            "/../Cargo.toml",
            "/%2e%2e/Cargo.toml",
            "/docs/%00",
        ] {
            assert_eq!(get(&files, path).status(), StatusCode::NOT_FOUND, "{path}");
        }
        let posted = answer(&files, &Method::POST, "/", &HeaderMap::new());
        assert_eq!(posted.status(), StatusCode::METHOD_NOT_ALLOWED);
        assert_eq!(said(&posted, header::ALLOW), "GET, HEAD");
        Ok(())
    }
}

//! The answer to a request: tower-http's `ServeDir` with the site's types, caching and security headers.

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::Response;
use tower_http::services::ServeDir;

use super::files::Files;

/// What the site's pages need. Weights may come from any host by https, and from other ports of this machine.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; \
    img-src 'self' data: blob:; connect-src 'self' https: http://127.0.0.1:* http://localhost:*; worker-src 'self' blob:; \
    manifest-src 'self'; base-uri 'none'";

/// Headers of every answer. Pages of other origins may use the element, frame the site and read its weights by parts: nothing
/// in the site is secret.
const ALWAYS: [(HeaderName, &str); 4] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
    (header::ACCESS_CONTROL_EXPOSE_HEADERS, "Content-Range, ETag"),
    (header::REFERRER_POLICY, "no-referrer"),
];

/// The whole server: files by GET and HEAD, whole or by parts (`Range`), `304` if the browser has them.
pub(super) fn site(files: Files) -> Router {
    let root = files.root().to_owned();
    let folder = ServeDir::with_backend(root, files);
    Router::new()
        .fallback_service(folder)
        .layer(middleware::from_fn(with_headers))
}

async fn with_headers(request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let mut response = next.run(request).await;
    if let Some(text) = explanation(response.status()) {
        *response.body_mut() = Body::from(text);
        response.headers_mut().remove(header::CONTENT_LENGTH);
    }
    let is_file = response.status().is_success() || response.status() == StatusCode::NOT_MODIFIED;
    let headers = response.headers_mut();
    if is_file {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching(&path)));
        complete_type(headers);
    }
    for (name, value) in ALWAYS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// What a person reads who asked for something that cannot be served.
fn explanation(status: StatusCode) -> Option<&'static str> {
    match status {
        StatusCode::NOT_FOUND => Some("There is no file of this name here.\n"),
        StatusCode::METHOD_NOT_ALLOWED => Some("This server answers GET and HEAD only.\n"),
        _ => None,
    }
}

/// Text is UTF-8, and pages carry the policy.
fn complete_type(headers: &mut HeaderMap) {
    let Some(kind) = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()) else {
        return;
    };
    let (is_page, is_text) = (kind == "text/html", kind.starts_with("text/"));
    let complete = is_text.then(|| HeaderValue::try_from(format!("{kind}; charset=utf-8")).ok());
    if let Some(complete) = complete.flatten() {
        headers.insert(header::CONTENT_TYPE, complete);
    }
    if is_page {
        headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    }
}

/// For ever if the name has a hash of the contents in it.
fn caching(path: &str) -> &'static str {
    let hashed = path.starts_with("/assets/") || (path.starts_with("/weights/") && path.ends_with(".safetensors"));
    if hashed {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    }
}

#[cfg(test)]
mod tests {
    use super::{Files, POLICY, site};
    use anyhow::Result;
    use axum::body::{Body, to_bytes};
    use axum::http::{HeaderName, Method, Request, Response, StatusCode, header};
    use std::fs;
    use std::time::{Duration, SystemTime};
    use tempfile::TempDir;
    use tower::ServiceExt;

    const FILES: [&str; 7] = [
        "index.html",
        "docs/api.html",
        "vggscope.js",
        "manifest.webmanifest",
        "assets/engine-1a.wasm",
        "weights/demo/block1_conv1-12345678.safetensors",
        "weights/demo/model.safetensors.index.json",
    ];

    /// A site in `site/`, each file containing its own name, and a secret beside it.
    fn place() -> Result<TempDir> {
        let place = tempfile::tempdir()?;
        fs::write(place.path().join("secret"), "secret")?;
        for name in FILES {
            let file = place.path().join("site").join(name);
            fs::create_dir_all(file.parent().unwrap_or(place.path()))?;
            fs::write(file, name)?;
        }
        Ok(place)
    }

    /// Asks the site of this place with these headers; gives the answer and its body.
    fn ask(
        place: &TempDir,
        method: Method,
        path: &str,
        headers: &[(HeaderName, &str)],
    ) -> Result<(Response<Body>, String)> {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(name, *value);
        }
        let site = site(Files::open(Some(&place.path().join("site")))?);
        let runtime = tokio::runtime::Builder::new_multi_thread().build()?;
        runtime.block_on(async {
            let mut response = site.oneshot(request.body(Body::empty())?).await?;
            let bytes = to_bytes(std::mem::take(response.body_mut()), usize::MAX).await?;
            Ok((response, String::from_utf8(bytes.to_vec())?))
        })
    }

    fn get(place: &TempDir, path: &str) -> Result<Response<Body>> {
        Ok(ask(place, Method::GET, path, &[])?.0)
    }

    fn said(response: &Response<Body>, name: HeaderName) -> &str {
        let value = response.headers().get(name);
        value.and_then(|value| value.to_str().ok()).unwrap_or("")
    }

    #[test]
    fn types_and_caching_are_those_of_the_kind() -> Result<()> {
        let place = place()?;
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
            let response = get(&place, path)?;
            assert_eq!(response.status(), StatusCode::OK, "{path}");
            assert_eq!(said(&response, header::CONTENT_TYPE), kind, "{path}");
            assert_eq!(said(&response, header::CACHE_CONTROL), caching, "{path}");
            assert_eq!(said(&response, header::X_CONTENT_TYPE_OPTIONS), "nosniff", "{path}");
            assert_eq!(said(&response, header::ACCESS_CONTROL_ALLOW_ORIGIN), "*", "{path}");
        }
        Ok(())
    }

    #[test]
    fn only_pages_have_the_policy_that_the_documentation_gives() -> Result<()> {
        let place = place()?;
        assert_eq!(said(&get(&place, "/")?, header::CONTENT_SECURITY_POLICY), POLICY);
        assert_eq!(said(&get(&place, "/vggscope.js")?, header::CONTENT_SECURITY_POLICY), "");
        // A public host has no use for other ports of the reader's machine.
        let public = POLICY.replace(" http://127.0.0.1:* http://localhost:*", "");
        assert_ne!(public, POLICY);
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words(include_str!("../../../../../www/docs/hosting.md")).contains(&public));
        Ok(())
    }

    #[test]
    fn a_part_of_a_file_can_be_had() -> Result<()> {
        let (place, path) = (place()?, "/weights/demo/block1_conv1-12345678.safetensors");
        let (response, body) = ask(&place, Method::GET, path, &[(header::RANGE, "bytes=8-12")])?;
        assert_eq!(response.status(), StatusCode::PARTIAL_CONTENT);
        assert_eq!(body, &path[9..14]);
        assert_eq!(said(&response, header::CONTENT_RANGE), "bytes 8-12/46");
        assert!(said(&response, header::ACCESS_CONTROL_EXPOSE_HEADERS).contains("Content-Range"));
        let (beyond, _) = ask(&place, Method::GET, path, &[(header::RANGE, "bytes=46-50")])?;
        assert_eq!(beyond.status(), StatusCode::RANGE_NOT_SATISFIABLE);
        Ok(())
    }

    #[test]
    fn what_the_browser_has_is_not_sent_again() -> Result<()> {
        let place = place()?;
        let file = fs::File::options()
            .write(true)
            .open(place.path().join("site/docs/api.html"))?;
        file.set_modified(SystemTime::now() - Duration::from_secs(100))?;
        let page = get(&place, "/")?;
        for (name, value) in [
            (header::IF_NONE_MATCH, said(&page, header::ETAG)),
            (header::IF_MODIFIED_SINCE, said(&page, header::LAST_MODIFIED)),
        ] {
            assert_ne!(value, "", "{name}");
            let (again, body) = ask(&place, Method::GET, "/", &[(name.clone(), value)])?;
            assert_eq!(
                (again.status(), body.as_str()),
                (StatusCode::NOT_MODIFIED, ""),
                "{name}"
            );
        }
        let other = [(header::IF_NONE_MATCH, said(&page, header::ETAG))];
        assert_eq!(
            ask(&place, Method::GET, "/docs/api.html", &other)?.0.status(),
            StatusCode::OK
        );
        Ok(())
    }

    #[test]
    fn a_question_about_a_file_is_answered_without_it() -> Result<()> {
        let (response, body) = ask(&place()?, Method::HEAD, "/vggscope.js", &[])?;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!((said(&response, header::CONTENT_LENGTH), body.as_str()), ("11", ""));
        Ok(())
    }

    #[test]
    fn what_is_not_there_and_what_is_not_allowed_is_said() -> Result<()> {
        let place = place()?;
        for path in [
            "/nothing",
            "/assets/",
            "/index.html/more",
            "/../secret",
            "/%2e%2e/secret",
            "/..%2fsecret",
            "/docs/%00",
        ] {
            let (response, body) = ask(&place, Method::GET, path, &[])?;
            assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path}");
            assert_eq!(body, "There is no file of this name here.\n", "{path}");
        }
        let (posted, _) = ask(&place, Method::POST, "/", &[])?;
        assert_eq!(posted.status(), StatusCode::METHOD_NOT_ALLOWED);
        let allowed = said(&posted, header::ALLOW);
        assert!(allowed.contains("GET") && allowed.contains("HEAD"), "{allowed}");
        Ok(())
    }

    #[cfg(unix)]
    #[test]
    fn links_that_lead_out_of_the_folder_are_not_followed() -> Result<()> {
        use std::os::unix::fs::symlink;
        let place = place()?;
        let site = place.path().join("site");
        symlink(place.path().join("secret"), site.join("file"))?;
        symlink(place.path(), site.join("folder"))?;
        symlink(site.join("docs"), site.join("inside"))?;
        for path in ["/file", "/folder/secret", "/folder/"] {
            for method in [Method::GET, Method::HEAD] {
                let (response, body) = ask(&place, method, path, &[])?;
                assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path}");
                assert!(!body.contains("secret"), "{path}");
            }
        }
        assert_eq!(get(&place, "/inside/api.html")?.status(), StatusCode::OK);
        Ok(())
    }
}

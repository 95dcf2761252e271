//! What `serve` is told by environment and file, and what of it is unsafe in production.

use crate::config::{Config, KEK_VARIABLE};
use crate::web::origin::Origin;
use crate::web::server::Limits;
use hipaa_core::auth::control::Control;
use hipaa_core::auth::network::TrustedProxies;
use hipaa_core::auth::session::SessionPolicy;
use hipaa_core::identity::{Settings, StartUp};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A setting: its key in the file, its variable in the environment, which wins.
pub const SETTINGS: &[(&str, &str)] = &[
    ("mode", "APP_MODE"),
    ("listen", "APP_LISTEN"),
    ("public_origin", "PUBLIC_ORIGIN"),
    ("allowed_origins", "ALLOWED_ORIGINS"),
    ("trusted_proxies", "TRUSTED_PROXIES"),
    ("https_only", "HTTPS_ONLY"),
    ("monitors", "MONITORS"),
    ("smtp_relay", "SMTP_RELAY"),
    ("mail_from", "MAIL_FROM"),
    ("mail_folder", "MAIL_FOLDER"),
    ("prescription_gateway", "PRESCRIPTION_GATEWAY"),
    ("upkeep_seconds", "UPKEEP_SECONDS"),
    ("connections", "APP_CONNECTIONS"),
    ("idle_minutes", "IDLE_MINUTES"),
    ("login_lockout", "LOGIN_LOCKOUT"),
];

const DEVELOPMENT_ORIGIN: &str = "http://localhost:3000";
const LOOPBACK: &str = "127.0.0.0/8,::1";

/// The most connections that may be allowed at once.
const MOST_CONNECTIONS: usize = 65_536;
/// The most minutes without activity before a session ends: with more it ends by itself no sooner than at its absolute end.
const LONGEST_IDLE: u64 = 719;

/// The most seconds between two rounds of upkeep, and how many there are where nobody says otherwise.
const LONGEST_UPKEEP: u64 = 60;

/// Where mail goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MailTo {
    /// To a relay on this machine, which takes it on over TLS.
    Relay(SocketAddr),
    /// Into files, for trying things out.
    Folder(PathBuf),
}

/// What the deployment is like.
#[derive(Debug, Clone)]
pub struct Site {
    /// Whether unsafe settings are refused.
    pub production: bool,
    /// Where to listen.
    pub listen: SocketAddr,
    /// What browsers call the application; none for the address that it listens on.
    pub public_origin: Option<Origin>,
    /// Other origins that may ask.
    pub allowed_origins: Vec<Origin>,
    /// The proxies in front.
    pub proxies: TrustedProxies,
    /// Whether what did not come by HTTPS is refused.
    pub https_only: bool,
    /// The networks that may read the metrics.
    pub monitors: TrustedProxies,
    /// Where mail goes.
    pub mail: MailTo,
    /// From whom it comes.
    pub mail_from: String,
    /// The gateway of the pharmacy network on this machine; without one, prescriptions wait in the outbox.
    pub pharmacy: Option<SocketAddr>,
    /// How often the heads of the logs are taken up and given to the witness.
    pub upkeep: Duration,
    /// The most connections at once.
    pub connections: usize,
    /// After how long without activity a session ends; none where it does not.
    pub idle: Option<Duration>,
    /// Whether failed logins lock.
    pub lockout: bool,
}

impl Site {
    /// The rules of the login: the library's, and what the deployment switches off. Of each safeguard that is off, somebody
    /// must have decided so before the server starts.
    #[must_use]
    pub fn rules(&self) -> Settings {
        let mut rules = Settings::default();
        rules.session.idle = self.idle.unwrap_or(rules.session.absolute);
        if !self.lockout {
            rules.lockout.lock = Duration::ZERO;
        }
        rules
    }

    /// The safeguards that are off. A second factor is each user's own choice; in production that is off.
    #[must_use]
    pub fn off(&self) -> StartUp {
        let off = self.rules().switched_off();
        if self.production { off.without(Control::SecondFactor) } else { off }
    }

    /// What connections may cost.
    #[must_use]
    pub fn limits(&self) -> Limits {
        Limits { connections: self.connections, ..Limits::default() }
    }
}

/// The settings, or every reason why they do not serve: one line each, naming the setting and never its value.
///
/// # Errors
/// The list.
pub fn load(
    file: Option<&Path>,
    environment: impl Fn(&str) -> Option<String>,
    config: &Config,
) -> Result<Site, Vec<String>> {
    let mut read = Read { values: BTreeMap::new(), wrong: Vec::new() };
    read.file(file);
    read.environment(environment);
    let site = read.site();
    if site.production {
        read.judge(&site, config);
    }
    if read.wrong.is_empty() { Ok(site) } else { Err(read.wrong) }
}

/// The list of origins alone, to be read again while the application runs; none of them if it does not serve.
#[must_use]
pub fn reload_origins(file: Option<&Path>, environment: impl Fn(&str) -> Option<String>) -> Vec<Origin> {
    let mut read = Read { values: BTreeMap::new(), wrong: Vec::new() };
    read.file(file);
    read.environment(environment);
    let site = read.site();
    if read.wrong.is_empty() { site.allowed_origins } else { Vec::new() }
}

struct Read {
    values: BTreeMap<&'static str, String>,
    wrong: Vec<String>,
}

impl Read {
    fn file(&mut self, file: Option<&Path>) {
        let Some(file) = file else { return };
        let parsed = std::fs::read_to_string(file).ok().and_then(|text| text.parse::<toml::Table>().ok());
        let Some(table) = parsed else {
            self.wrong.push("--settings: the file cannot be read as TOML".to_owned());
            return;
        };
        for (key, value) in &table {
            match (SETTINGS.iter().find(|(known, _)| known == key), text(value)) {
                (Some((key, _)), Some(value)) => drop(self.values.insert(key, value)),
                _ => self
                    .wrong
                    .push("--settings: a key is not known, or its value is no text, number, list or truth".to_owned()),
            }
        }
    }

    fn environment(&mut self, environment: impl Fn(&str) -> Option<String>) {
        for (key, variable) in SETTINGS {
            if let Some(value) = environment(variable) {
                self.values.insert(key, value);
            }
        }
    }

    fn parse<T>(&mut self, key: &'static str, what: &str, parse: impl Fn(&str) -> Option<T>) -> Option<T> {
        let parsed = parse(self.values.get(key)?.trim());
        if parsed.is_none() {
            self.wrong.push(format!("{key}: {what}"));
        }
        parsed
    }

    fn networks(&mut self, key: &'static str, default: &str) -> TrustedProxies {
        let parse = |text: &str| TrustedProxies::parse(items(text)).ok();
        let given = self.parse(key, "networks such as 10.0.0.0/8, with commas between them", parse);
        given.or_else(|| parse(default)).unwrap_or_default()
    }

    fn site(&mut self) -> Site {
        let production = self.parse("mode", "`production` or `development`", |mode| match mode {
            "production" => Some(true),
            "development" => Some(false),
            _ => None,
        });
        let production = production.unwrap_or(true);
        let origins = |text: &str| items(text).map(|item| Origin::parse(item).ok()).collect::<Option<Vec<_>>>();
        let allowed =
            self.parse("allowed_origins", "origins such as https://ehr.example, with commas between", origins);
        let fallback = if production { None } else { Origin::parse(DEVELOPMENT_ORIGIN).ok() };
        let listen = self.parse("listen", "an address and port such as 127.0.0.1:8080", |text| text.parse().ok());
        Site {
            production,
            listen: listen.unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 8080))),
            public_origin: self
                .parse("public_origin", "one origin such as https://ehr.example", |t| Origin::parse(t).ok()),
            allowed_origins: allowed.unwrap_or_else(|| fallback.into_iter().collect()),
            proxies: self.networks("trusted_proxies", ""),
            https_only: self.parse("https_only", "`true` or `false`", |text| text.parse().ok()).unwrap_or(production),
            monitors: self.networks("monitors", LOOPBACK),
            mail: self.mail(),
            mail_from: self.values.get("mail_from").cloned().unwrap_or_else(|| "no-reply@localhost".to_owned()),
            pharmacy: self.local("prescription_gateway", "an address and port of this machine, such as 127.0.0.1:8090"),
            upkeep: self.upkeep(),
            connections: self.connections(),
            idle: self.idle(),
            lockout: self.parse("login_lockout", "`on` or `off`", on_or_off).unwrap_or(true),
        }
    }

    fn connections(&mut self) -> usize {
        let number = |text: &str| text.parse().ok().filter(|number| (1..=MOST_CONNECTIONS).contains(number));
        let given = self.parse("connections", "a whole number, 1 to 65,536", number);
        given.unwrap_or_else(|| Limits::default().connections)
    }

    fn idle(&mut self) -> Option<Duration> {
        let minutes = |text: &str| text.parse().ok().filter(|minutes| (1..=LONGEST_IDLE).contains(minutes));
        let given = self.parse("idle_minutes", "a whole number, 1 to 719, or `off`", |text| match text {
            "off" => Some(None),
            text => minutes(text).map(|minutes| Some(Duration::from_secs(60 * minutes))),
        });
        given.unwrap_or(Some(SessionPolicy::DEFAULT.idle))
    }

    fn upkeep(&mut self) -> Duration {
        let seconds = |text: &str| text.parse().ok().filter(|seconds| (1..=LONGEST_UPKEEP).contains(seconds));
        let given = self.parse("upkeep_seconds", "a whole number, 1 to 60", seconds);
        Duration::from_secs(given.unwrap_or(LONGEST_UPKEEP))
    }

    fn mail(&mut self) -> MailTo {
        const WHAT: &str =
            "an address and port of this machine, such as 127.0.0.1:25: the mail is not encrypted up to there";
        let folder = self.values.get("mail_folder").map_or("mail", String::as_str).into();
        self.local("smtp_relay", WHAT).map_or(MailTo::Folder(folder), MailTo::Relay)
    }

    /// An address of this machine: what goes there is not encrypted.
    fn local(&mut self, key: &'static str, what: &str) -> Option<SocketAddr> {
        self.parse(key, what, |text| text.parse().ok().filter(|address: &SocketAddr| address.ip().is_loopback()))
    }

    fn judge(&mut self, site: &Site, config: &Config) {
        let plain = site.allowed_origins.iter().any(|origin| !origin.is_https());
        let key_is_inherited = std::env::var_os(KEK_VARIABLE).is_some();
        let checks: [(bool, &str); 8] = [
            (
                self.values.contains_key("allowed_origins"),
                "allowed_origins: name the origins that may ask; none is an empty list",
            ),
            (!plain, "allowed_origins: only https:// ones"),
            (
                site.public_origin.as_ref().is_some_and(Origin::is_https),
                "public_origin: the https:// origin that browsers see",
            ),
            (site.https_only, "https_only: set it to true"),
            (
                site.proxies != TrustedProxies::default(),
                "trusted_proxies: the proxy that ends TLS; without it no request counts as HTTPS",
            ),
            (
                matches!(site.mail, MailTo::Relay(_)),
                "smtp_relay: a mail relay on this machine; files hold tokens of resets",
            ),
            (config.witness.is_some(), "--witness: a folder on another disk that remembers the log's head"),
            (
                !key_is_inherited,
                "HIPAA_KEK: hand the key over with --kek-fd or --kek-file; child processes inherit the environment",
            ),
        ];
        self.wrong.extend(checks.iter().filter(|(fine, _)| !fine).map(|(_, what)| (*what).to_owned()));
    }
}

fn text(value: &toml::Value) -> Option<String> {
    match value {
        toml::Value::String(text) => Some(text.clone()),
        toml::Value::Boolean(truth) => Some(truth.to_string()),
        toml::Value::Array(items) => items.iter().map(text).collect::<Option<Vec<_>>>().map(|items| items.join(",")),
        toml::Value::Integer(number) => Some(number.to_string()),
        _ => None,
    }
}

fn on_or_off(text: &str) -> Option<bool> {
    match text {
        "on" => Some(true),
        "off" => Some(false),
        _ => None,
    }
}

fn items(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|item| !item.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load_from(pairs: &[(&str, &str)]) -> Result<Site, Vec<String>> {
        let find = |name: &str| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        load(None, find, &Config::default())
    }

    #[test]
    fn development_needs_nothing_and_production_names_everything() {
        let site = load_from(&[("APP_MODE", "development")]).unwrap();
        assert_eq!(site.allowed_origins, [Origin::parse(DEVELOPMENT_ORIGIN).unwrap()]);
        let wrong = load_from(&[]).unwrap_err();
        for name in ["allowed_origins", "public_origin", "trusted_proxies", "smtp_relay", "--witness"] {
            assert!(wrong.iter().any(|line| line.starts_with(name)), "{name}: {wrong:?}");
        }
    }

    #[test]
    fn what_a_deployment_switches_off_is_off_in_the_rules_and_nothing_else_is() {
        let off = |pairs: &[(&str, &str)]| {
            let site = load_from(&[&[("APP_MODE", "development")], pairs].concat()).unwrap();
            site.off().off().collect::<Vec<_>>()
        };
        assert_eq!(off(&[("IDLE_MINUTES", "719"), ("LOGIN_LOCKOUT", "on")]), []);
        assert_eq!(off(&[("IDLE_MINUTES", "off")]), [Control::AutomaticLogoff]);
        assert_eq!(off(&[("LOGIN_LOCKOUT", "off")]), [Control::LoginLockout]);
        let site = load_from(&[("APP_MODE", "development"), ("APP_CONNECTIONS", "2"), ("IDLE_MINUTES", "5")]).unwrap();
        assert_eq!((site.limits().connections, site.rules().session.idle), (2, Duration::from_secs(300)));
    }

    #[test]
    fn a_wrong_value_is_named_and_not_repeated() {
        for (name, value) in [
            ("ALLOWED_ORIGINS", "https://*"),
            ("TRUSTED_PROXIES", "10.0.0.1/8"),
            ("SMTP_RELAY", "203.0.113.5:25"),
            ("PRESCRIPTION_GATEWAY", "203.0.113.5:8090"),
            ("APP_MODE", "staging"),
            ("HTTPS_ONLY", "perhaps"),
            ("UPKEEP_SECONDS", "61"),
            ("APP_CONNECTIONS", "65537"),
            ("IDLE_MINUTES", "720"),
            ("LOGIN_LOCKOUT", "maybe"),
        ] {
            let wrong = load_from(&[("APP_MODE", "development"), (name, value)]).or_else(|wrong| match name {
                "APP_MODE" => load_from(&[(name, value)]).map_err(|more| [wrong, more].concat()),
                _ => Err(wrong),
            });
            let wrong = match (wrong, name) {
                (Ok(_), "APP_MODE") => load_from(&[(name, value)]).unwrap_err(),
                (wrong, _) => wrong.unwrap_err(),
            };
            assert!(wrong.iter().all(|line| !line.contains(value)), "{wrong:?}");
        }
    }
}

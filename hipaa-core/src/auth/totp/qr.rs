//! The enrolment URI as a picture, made in memory.

use super::{EnrolmentUri, UriError};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use png::{BitDepth, ColorType, Encoder};
use qrcode::render::svg;
use qrcode::{Color, EcLevel, QrCode};
use secrecy::SecretString;
use zeroize::Zeroizing;

/// Blank modules around a code (ISO/IEC 18004).
const QUIET: usize = 4;
/// Pixels of a module.
const SCALE: usize = 6;

impl EnrolmentUri {
    /// The QR code as an SVG document, without script and without reference to anything outside.
    ///
    /// # Errors
    /// [`UriError::TooLongForQr`].
    pub fn to_svg(&self) -> Result<SecretString, UriError> {
        let svg = self.code()?.render::<svg::Color<'_>>().min_dimensions(240, 240).build();
        Ok(svg.into())
    }

    /// The QR code as a PNG in a `data:` URL, for an `img` element under a policy that allows `img-src data:`.
    ///
    /// # Errors
    /// [`UriError::TooLongForQr`].
    pub fn to_png_data_url(&self) -> Result<SecretString, UriError> {
        let mut url = String::from("data:image/png;base64,");
        STANDARD.encode_string(&*self.to_png()?, &mut url);
        Ok(url.into())
    }

    fn code(&self) -> Result<QrCode, UriError> {
        QrCode::with_error_correction_level(self.expose(), EcLevel::M).map_err(|_| UriError::TooLongForQr)
    }

    /// One bit a pixel, dark on light.
    pub(super) fn to_png(&self) -> Result<Zeroizing<Vec<u8>>, UriError> {
        let code = self.code()?;
        let side = (code.width() + 2 * QUIET) * SCALE;
        let pixels = Zeroizing::new(pixels(&code, side));
        let mut png = Zeroizing::new(Vec::with_capacity(pixels.len() + 1024));
        let side = u32::try_from(side).map_err(|_| UriError::TooLongForQr)?;
        let mut encoder = Encoder::new(&mut *png, side, side);
        encoder.set_color(ColorType::Grayscale);
        encoder.set_depth(BitDepth::One);
        let written = encoder.write_header().and_then(|mut writer| writer.write_image_data(&pixels));
        written.map_err(|_| UriError::TooLongForQr)?;
        Ok(png)
    }
}

/// Rows of bits, the leftmost pixel in the highest bit, each row padded to a byte; set is light.
fn pixels(code: &QrCode, side: usize) -> Vec<u8> {
    let modules = code.width();
    let dark = |x: usize, y: usize| {
        let inside = |at: usize| (at / SCALE).checked_sub(QUIET).filter(|at| *at < modules);
        inside(x).zip(inside(y)).is_some_and(|module| code[module] == Color::Dark)
    };
    let mut rows = Vec::with_capacity(side.div_ceil(8) * side);
    for y in 0..side {
        for byte in 0..side.div_ceil(8) {
            let bit = |n: usize| u8::from(!dark(byte * 8 + n, y)) << (7 - n);
            rows.push((0..8).map(bit).sum());
        }
    }
    rows
}

//! Sentences with slots, one list for each kind, and clinical prose without any.

/// Kind and sentences; `{}` is the value.
pub(super) const SENTENCES: &[(&str, &[&str])] = &[
    (
        "ssn",
        &[
            "SSN: {}.",
            "Social security number {} on file.",
            "Her social security no. is {}.",
            "SSN {} verified.",
            "SS# {}",
        ],
    ),
    (
        "dob",
        &[
            "DOB: {}.",
            "Born {} in Ohio.",
            "Date of birth {}.",
            "D.O.B. {}",
            "Patient's birth date is {}.",
            "The patient was born on {}.",
        ],
    ),
    (
        "date",
        &[
            "Seen on {}.",
            "Admitted {}.",
            "Date of service: {}.",
            "Last visit was {}.",
            "Follow-up appointment {}.",
            "MRI performed {}.",
        ],
    ),
    (
        "mrn",
        &[
            "MRN: {}.",
            "MRN {}",
            "Medical record number {}.",
            "MR# {}.",
            "Chart no. {} was pulled.",
            "Patient ID: {}",
            "Med rec # {}",
        ],
    ),
    (
        "npi",
        &[
            "NPI: {}.",
            "Referring provider NPI {}.",
            "NPI# {}",
            "National Provider Identifier: {}.",
            "Dr. Okafor (NPI {}) signed.",
        ],
    ),
    ("dea", &["DEA: {}.", "DEA number {}.", "DEA# {}", "Prescriber DEA registration {}.", "DEA No. {} on the script."]),
    (
        "icd10",
        &[
            "Dx: {}.",
            "ICD-10: {}.",
            "Diagnosis code {}.",
            "Coded as {}.",
            "Assessment: diabetes ({}).",
            "ICD-10-CM code {} assigned.",
        ],
    ),
    (
        "phone",
        &[
            "Phone: {}.",
            "Call {} with results.",
            "Home phone {}.",
            "Cell {}.",
            "Tel. {}",
            "She can be reached at {}.",
            "Mobile number is {}.",
        ],
    ),
    ("fax", &["Fax: {}.", "Fax number {}.", "Send by fax to {}.", "Fax# {}", "Facsimile {}."]),
    ("email", &["Email {}.", "Write to {}.", "Contact: {}"]),
    ("zip", &["ZIP {}.", "Zip code: {}.", "ZIP code is {}.", "Postal code {}"]),
    ("url", &["See {}.", "Portal: {} (opened).", "Images at {}"]),
    (
        "ip",
        &["IP {}.", "Login from {}.", "Client address {} seen.", "IP address: {}", "Connection from host {} closed."],
    ),
    ("mac", &["MAC {}.", "MAC address: {}", "Device at {} paired."]),
    ("device", &["Serial number {}.", "Pacemaker serial # {}.", "Device ID: {}.", "S/N {}", "Implant serial no. {}."]),
    ("credit_card", &["Card number {}.", "Visa {} on file.", "Paid by credit card {}.", "CC: {}"]),
    ("mbi", &["MBI: {}.", "Medicare number {}.", "Medicare ID {}.", "Medicare beneficiary identifier {}."]),
    ("vin", &["VIN {}.", "VIN: {}.", "Vehicle identification number {}.", "The car ({}) was towed."]),
    ("account", &["Account number {}.", "Acct # {}.", "Patient account: {}.", "Billing account no. {}", "Acct {}."]),
    (
        "plan",
        &[
            "Member ID: {}.",
            "Policy number {}.",
            "Subscriber ID {}.",
            "Medicaid ID: {}.",
            "Insurance ID # {}.",
            "Health plan number {}.",
        ],
    ),
    (
        "license",
        &["Driver's license {}.", "DL# {}.", "License number {}.", "State license no. {}.", "Driver license: {}"],
    ),
    (
        "age90",
        &[
            "A {}-year-old woman.",
            "{} y/o male.",
            "Age: {}.",
            "Patient is {} years old.",
            "Aged {}.",
            "{}yo F with falls.",
        ],
    ),
];

/// JSON members by kind; `{}` is the value.
pub(super) const MEMBERS: &[(&str, &[&str])] = &[
    ("ssn", &["\"ssn\": \"{}\"", "\"social_security_number\": \"{}\""]),
    ("dob", &["\"birthDate\": \"{}\"", "\"date_of_birth\": \"{}\"", "\"dob\":\"{}\""]),
    ("mrn", &["\"mrn\": \"{}\"", "\"medicalRecordNumber\": \"{}\"", "\"patient_id\": \"{}\""]),
    ("npi", &["\"npi\": \"{}\"", "\"provider_npi\":\"{}\""]),
    ("phone", &["\"phone\": \"{}\"", "\"homePhone\": \"{}\"", "\"mobile_number\": \"{}\""]),
    ("fax", &["\"fax\": \"{}\"", "\"faxNumber\": \"{}\""]),
    ("email", &["\"email\": \"{}\""]),
    ("zip", &["\"zip\": \"{}\"", "\"postalCode\": \"{}\""]),
    ("ip", &["\"ip\": \"{}\"", "\"ipAddress\": \"{}\""]),
    ("device", &["\"serialNumber\": \"{}\"", "\"device_id\": \"{}\""]),
    ("account", &["\"accountNumber\": \"{}\"", "\"acct_no\": \"{}\""]),
    ("plan", &["\"memberId\": \"{}\"", "\"policy_number\": \"{}\""]),
    ("license", &["\"licenseNumber\": \"{}\"", "\"drivers_license\": \"{}\""]),
    ("credit_card", &["\"cardNumber\": \"{}\""]),
    ("mbi", &["\"mbi\": \"{}\""]),
    ("dea", &["\"dea_number\": \"{}\""]),
    ("icd10", &["\"icd10\": \"{}\"", "\"diagnosisCode\": \"{}\""]),
];

/// Prose that names nobody.
pub(super) const PROSE: &[&str] = &[
    "Alert and oriented x3, in no acute distress.",
    "Lungs clear, heart regular.",
    "Continue current medications.",
    "Discussed diet and exercise at length.",
    "Wound clean, edges well approximated.",
    "Will return if symptoms worsen.",
    "No known drug allergies.",
    "Tolerated the procedure well.",
    "Family history is noncontributory.",
];

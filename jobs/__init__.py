"""The register of employers, certifications and job orders; search and pay."""
